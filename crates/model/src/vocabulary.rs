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
