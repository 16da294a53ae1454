//! The closed vocabulary of acts, weapons, targets and casualty status, in the field's words.
//!
//! One word per concept: a report that uses another word is mapped onto these by the import mapping, which is data, or is
//! refused with the nearest word. A new word is a change of this file, seen by every reader at once.

use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
        }

        impl $name {
            /// Every word, in the order in which it is declared.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word as files and the terms write it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Reads the word; `None` when it is not in the vocabulary.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What was done.
    Act {
        /// Bombs or missiles from aircraft.
        Airstrike = "airstrike",
        /// Unguided rockets from the ground.
        RocketFire = "rocket-fire",
        /// Artillery, or shell fire of a kind not stated.
        Shelling = "shelling",
        /// Mortars.
        MortarFire = "mortar-fire",
        /// Guided or ballistic missiles from the ground.
        MissileStrike = "missile-strike",
        /// Rifles, machine guns.
        SmallArmsFire = "small-arms-fire",
        /// Aimed single shots from cover.
        SniperFire = "sniper-fire",
        /// A placed or carried charge: car bomb, suicide bomb, roadside device.
        Bombing = "bombing",
        /// Use of a toxic chemical.
        ChemicalAttack = "chemical-attack",
        /// Fire between forces, no attacker stated.
        Clash = "clash",
        /// An attempt to advance.
        GroundOffensive = "ground-offensive",
        /// Ground taken from another party.
        GainingGround = "gaining-ground",
        /// Arrest, abduction, holding.
        Detention = "detention",
        /// Killing of a person held.
        Execution = "execution",
        /// Aid, monitors or civilians not let through.
        AccessDenied = "access-denied",
        /// Aircraft seen, nothing dropped.
        Overflight = "overflight",
        /// A blast of a kind not stated.
        Explosion = "explosion",
        /// An attack of a kind not stated.
        Attack = "attack",
        /// Fire from hiding on people who pass.
        Ambush = "ambush",
        /// Killing of fighters, however.
        Killing = "killing",
        /// Killing of civilians, however.
        KillingOfCivilians = "killing-of-civilians",
        /// Rape and other sexual or gender-based violence.
        SexualViolence = "sexual-violence",
        /// Torture, beating, degrading treatment.
        Torture = "torture",
        /// Taking people away by force.
        Abduction = "abduction",
        /// Taking goods by force.
        Looting = "looting",
        /// Burning or wrecking homes, crops, public property.
        DestructionOfProperty = "destruction-of-property",
        /// Driving people from where they live.
        ForcedDisplacement = "forced-displacement",
        /// Making people work or carry.
        ForcedLabour = "forced-labour",
        /// Harassing people without grave harm.
        Harassment = "harassment",
        /// Threats, menace.
        Intimidation = "intimidation",
        /// Taking people into forces, mobilising.
        Recruitment = "recruitment",
        /// Recruiting by force.
        ForcedRecruitment = "forced-recruitment",
        /// Recruiting or using children.
        ChildRecruitment = "child-recruitment",
        /// Training of recruits or forces.
        MilitaryTraining = "military-training",
        /// Forces moved from where they stood.
        MovementOfForces = "movement-of-forces",
        /// A position taken or set up.
        NewPosition = "new-position",
        /// Forces or weapons seen where they stand.
        Presence = "presence",
        /// Forces or weapons brought up.
        Reinforcement = "reinforcement",
        /// Ammunition or stores brought up.
        Resupply = "resupply",
        /// Trenches, walls, works of defence.
        Fortification = "fortification",
        /// Laying mines.
        MineLaying = "mine-laying",
        /// Spying out the other side.
        Reconnaissance = "reconnaissance",
        /// An unmanned aircraft flown, nothing dropped.
        DroneFlight = "drone-flight",
        /// A line or the edge of a zone crossed.
        Incursion = "incursion",
        /// Forces in a school, a hospital, homes.
        OccupationOfCivilianSite = "occupation-of-civilian-site",
        /// Monitors stopped, delayed or not helped.
        ObstructionOfMonitors = "obstruction-of-monitors",
        /// Monitors or peacekeepers attacked, held or threatened.
        AttackOnMonitors = "attack-on-monitors",
        /// Aid workers, convoys or stores attacked.
        AttackOnHumanitarians = "attack-on-humanitarians",
        /// Aid stopped, delayed or taxed.
        ObstructionOfAid = "obstruction-of-aid",
        /// Civilians or goods not let move.
        MovementRestriction = "movement-restriction",
        /// Using others to attack or provoke.
        UseOfProxies = "use-of-proxies",
        /// Incitement, hate speech, hostile media.
        HostilePropaganda = "hostile-propaganda",
        /// Signals jammed.
        Jamming = "jamming",
        /// Money or goods taken under threat.
        Extortion = "extortion",
        /// A place closed round and cut off.
        Siege = "siege",
        /// A road, port or line of supply closed.
        Blockade = "blockade",
        /// Works, lines or stores damaged by stealth.
        Sabotage = "sabotage",
        /// An act that provokes, its kind not stated.
        Provocation = "provocation",
        /// Forces or weapons pulled back.
        Withdrawal = "withdrawal",
        /// Forces or weapons not pulled back.
        FailureToWithdraw = "failure-to-withdraw",
        /// Forces that face one another drawn apart.
        Disengagement = "disengagement",
        /// Forces that face one another not drawn apart.
        FailureToDisengage = "failure-to-disengage",
        /// People held let go.
        Release = "release",
        /// People held not let go.
        FailureToRelease = "failure-to-release",
        /// Aid or goods brought.
        Delivery = "delivery",
        /// Aid or goods not brought.
        FailureToDeliver = "failure-to-deliver",
        /// Told to whom it had to be told.
        Notification = "notification",
        /// Not told to whom it had to be told.
        FailureToNotify = "failure-to-notify",
        /// Reported to whom it had to be reported.
        Report = "report",
        /// Not reported to whom it had to be reported.
        FailureToReport = "failure-to-report",
        /// A crossing, a road, a corridor opened.
        Opening = "opening",
        /// A crossing, a road, a corridor not opened.
        FailureToOpen = "failure-to-open",
        /// People protected.
        Protection = "protection",
        /// People not protected by who had to.
        FailureToProtect = "failure-to-protect",
        /// Fighters or children let out of forces.
        Demobilisation = "demobilisation",
        /// Fighters or children not let out of forces.
        FailureToDemobilise = "failure-to-demobilise",
        /// A breach looked into.
        Investigation = "investigation",
        /// A breach not looked into or not answered for.
        FailureToInvestigate = "failure-to-investigate",
        /// An act that none of these words names.
        Other = "other",
    }
}

words! {
    /// With what.
    Weapon {
        /// Bomb from an aeroplane.
        AerialBomb = "aerial-bomb",
        /// Improvised bomb dropped from a helicopter.
        BarrelBomb = "barrel-bomb",
        /// Cluster munition, air- or ground-delivered.
        ClusterMunition = "cluster-munition",
        /// Incendiary munition.
        Incendiary = "incendiary",
        /// Chlorine.
        Chlorine = "chlorine",
        /// Another toxic chemical.
        Chemical = "chemical",
        /// Unguided rocket.
        Rocket = "rocket",
        /// Mortar.
        Mortar = "mortar",
        /// Gun or howitzer.
        Artillery = "artillery",
        /// Guided or ballistic missile.
        Missile = "missile",
        /// Anti-tank guided missile.
        AntiTankMissile = "anti-tank-missile",
        /// Rifle, machine gun.
        SmallArms = "small-arms",
        /// Improvised explosive device, vehicle or suicide bomb.
        ExplosiveDevice = "explosive-device",
        /// Land mine.
        Mine = "mine",
        /// Naval mine dropped or placed on land.
        NavalMine = "naval-mine",
        /// Fuel-air ("vacuum") munition.
        Thermobaric = "thermobaric",
        /// Tank.
        Tank = "tank",
        /// Armoured fighting vehicle or carrier.
        ArmouredVehicle = "armoured-vehicle",
        /// Multiple-launch rocket system.
        MultipleLaunchRocket = "multiple-launch-rocket",
        /// Tactical missile system.
        TacticalMissile = "tactical-missile",
        /// Anti-aircraft gun or missile.
        AntiAircraftWeapon = "anti-aircraft-weapon",
        /// Unmanned aircraft.
        Drone = "drone",
        /// A heavy weapon of a kind not stated.
        HeavyWeapon = "heavy-weapon",
        /// Hand or launched grenade.
        Grenade = "grenade",
        /// Aeroplane.
        FixedWingAircraft = "fixed-wing-aircraft",
        /// Helicopter.
        Helicopter = "helicopter",
    }
}

words! {
    /// At what.
    Target {
        /// Hospital, clinic, ambulance.
        Hospital = "hospital",
        /// School, university.
        School = "school",
        /// Place of worship.
        Mosque = "mosque",
        /// Market, bakery, shops.
        Market = "market",
        /// Homes.
        ResidentialArea = "residential-area",
        /// Camp of displaced people.
        Camp = "camp",
        /// Humanitarian convoy or store.
        AidConvoy = "aid-convoy",
        /// Rescue workers and their posts.
        CivilDefence = "civil-defence",
        /// Water, power, roads, bridges.
        Infrastructure = "infrastructure",
        /// Forces of a group of the armed opposition.
        ArmedOppositionForces = "armed-opposition-forces",
        /// Forces of the government.
        GovernmentForces = "government-forces",
        /// Forces of a group that the agreement leaves outside.
        ExemptGroupForces = "exempt-group-forces",
        /// Forces allied with a side, not its own.
        AlliedForces = "allied-forces",
        /// Civilians, no object stated.
        Civilians = "civilians",
        /// Armed forces, whose not stated.
        ArmedForces = "armed-forces",
        /// Monitors of the truce.
        Monitors = "monitors",
        /// Peacekeepers.
        Peacekeepers = "peacekeepers",
        /// Aid workers.
        HumanitarianWorkers = "humanitarian-workers",
        /// Goods, crops, vehicles of civilians.
        CivilianProperty = "civilian-property",
        /// Displaced people or refugees.
        DisplacedPeople = "displaced-people",
        /// A public building not named otherwise.
        PublicBuilding = "public-building",
        /// Fields, orchards.
        CultivatedLand = "cultivated-land",
        /// Herds.
        Livestock = "livestock",
        /// People held.
        Detainees = "detainees",
        /// Officials, civil authorities.
        Officials = "officials",
        /// Journalists, media.
        Media = "media",
        /// Women.
        Women = "women",
        /// Children.
        Children = "children",
        /// A checkpoint.
        Checkpoint = "checkpoint",
        /// A vehicle, whose not stated.
        Vehicle = "vehicle",
        /// A site where forces are assembled.
        CantonmentSite = "cantonment-site",
        /// A border crossing.
        BorderCrossing = "border-crossing",
        /// A port.
        Port = "port",
    }
}

words! {
    /// How far aid came, in the order of its way. A refusal and items taken out are stages of their own; silence is neither.
    DeliveryStage {
        /// Asked for.
        Asked = "asked",
        /// Allowed.
        Approved = "approved",
        /// Not allowed.
        Refused = "refused",
        /// The convoy has left.
        Begun = "begun",
        /// Items were taken out of it on the way.
        ItemsRemoved = "items-removed",
        /// It was sent back on the way.
        TurnedBack = "turned-back",
        /// It came to where it was meant to go.
        Reached = "reached",
    }
}

words! {
    /// Status of those killed or wounded.
    CasualtyStatus {
        /// Civilians.
        Civilian = "civilian",
        /// Fighters and soldiers.
        Combatant = "combatant",
        /// Not stated.
        Any = "any",
    }
}

impl Act {
    /// The word for not doing what this word says, where a duty can ask for it: `withdrawal` → `failure-to-withdraw`.
    #[must_use]
    pub fn failure(self) -> Option<Self> {
        Some(match self {
            Self::Withdrawal => Self::FailureToWithdraw,
            Self::Disengagement => Self::FailureToDisengage,
            Self::Release => Self::FailureToRelease,
            Self::Delivery => Self::FailureToDeliver,
            Self::Notification => Self::FailureToNotify,
            Self::Report => Self::FailureToReport,
            Self::Opening => Self::FailureToOpen,
            Self::Protection => Self::FailureToProtect,
            Self::Demobilisation => Self::FailureToDemobilise,
            Self::Investigation => Self::FailureToInvestigate,
            _ => return None,
        })
    }
}
