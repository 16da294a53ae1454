//! What must hold of every docket, at every moment.

use truceline_casework::case::{Case, Docket, Doer, Kind, Setting, Stopped, Way};
use truceline_model::{Asks, Instant, Length, Procedure, Step, Who};

/// Everything that must hold of one docket as of its moment.
pub fn docket<'s>(docket: &Docket, setting: impl Fn(u64) -> &'s Setting) {
    for case in docket.cases.values() {
        let setting = setting(case.id.0);
        somebody_must_act(case, setting, docket.as_of);
        passages(case);
        clocks(case);
        determinations(case);
        means_first(case);
    }
    for exclusion in docket.exclusions() {
        let case = &docket.cases[&exclusion.by.0];
        let chosen = case.trail.iter().any(|passage| {
            passage.entry == Some(exclusion.by.1)
                && passage.way == Way::Acted
                && case.procedure.end(&passage.to).is_some_and(|end| end.excludes)
        });
        assert!(chosen, "excluded without anybody's choosing: {exclusion:?}");
        assert_eq!(case.respondents.iter().collect::<Vec<_>>(), vec![&exclusion.actor]);
    }
}

/// No open case without somebody who must act and a date; no ended one with.
fn somebody_must_act(case: &Case, setting: &Setting, at: Instant) {
    let awaited = case.awaited(setting, at);
    assert_eq!(awaited.is_some(), case.turn.is_some(), "{}", case.id);
    assert_eq!(case.procedure.step(case.stands()).is_some(), case.turn.is_some());
    let Some(awaited) = awaited else {
        assert!(case.procedure.end(case.stands()).is_some(), "{} stands nowhere: {}", case.id, case.stands());
        return;
    };
    assert!(!awaited.who.is_empty());
    let entered = case.turn.as_ref().unwrap().entered;
    assert!(awaited.due >= entered && awaited.due < Instant::FAR_FUTURE, "{awaited:?}");
    assert!(awaited.due >= at, "{} waits at {at} for what ran out: {awaited:?}", case.id);
    assert_eq!(case.stands(), awaited.step);
}

fn leads(procedure: &Procedure, from: &Step, to: &str, way: Way) -> bool {
    match way {
        Way::Acted => from.then.iter().any(|one| one == to),
        Way::Silence => from.silence == to,
        Way::Heard => from.hears_each && from.then.iter().any(|one| one == to),
        Way::Deadlock | Way::SteppedAside => from.deadlock.as_deref() == Some(to),
        Way::Withdrawn => procedure.withdrawn.as_ref().is_some_and(|withdrawn| withdrawn.then == to),
        Way::Opened | Way::Reopened => false,
    }
}

/// Every passage is one that the terms give.
fn passages(case: &Case) {
    let first = case.trail.first().unwrap();
    assert_eq!((first.way, first.to.as_str()), (Way::Opened, case.procedure.steps[0].id.as_str()));
    for pair in case.trail.windows(2) {
        let (before, next) = (&pair[0], &pair[1]);
        assert_eq!(next.from.as_ref(), Some(&before.to));
        assert!(next.at >= before.at, "{}: time ran back", case.id);
        let given = match case.procedure.step(&before.to) {
            Some(step) => leads(&case.procedure, step, &next.to, next.way),
            None => {
                let end = case.procedure.end(&before.to).unwrap();
                next.way == Way::Reopened && end.reopens.as_ref() == Some(&next.to)
            }
        };
        assert!(
            given,
            "{}: the terms give no way from {} to {} by {:?}",
            case.id, before.to, next.to, next.way
        );
        if next.way == Way::Reopened {
            let since = case.evidence.iter().any(|one| one.at >= before.at);
            assert!(since, "{} was reopened for nothing new", case.id);
        }
        // Only what follows from silence names no entry; what follows from it in the same second, neither.
        let by_time = matches!(next.way, Way::Silence | Way::Heard)
            || next.way == Way::SteppedAside && next.entry.is_none();
        assert_eq!(next.entry.is_none(), by_time, "{next:?}");
    }
}

/// Every clock stopped once or runs; as many run as there is a turn.
fn clocks(case: &Case) {
    let steps = case.trail.iter().filter(|passage| case.procedure.step(&passage.to).is_some()).count();
    assert_eq!(case.clocks.len(), steps, "{}: a clock for each step that was come to", case.id);
    for (n, clock) in case.clocks.iter().enumerate() {
        assert!(clock.due >= clock.started);
        let runs = case.turn.as_ref().is_some_and(|turn| turn.clock == n);
        assert_eq!(clock.stopped.is_none(), runs, "{}: clock {n}", case.id);
        if let Some((at, why)) = clock.stopped {
            assert!(at >= clock.started && at <= clock.due, "{}: {clock:?}", case.id);
            assert_eq!(why == Stopped::Lapsed, at == clock.due && why == Stopped::Lapsed);
        }
        if let Some((_, before)) = clock.extended {
            assert!(clock.due >= before, "{}: lengthened backwards", case.id);
        }
    }
}

/// Who stands behind a determination decides in that step, once, and had not stepped aside.
fn determinations(case: &Case) {
    for one in &case.determinations {
        let step = case.procedure.step(&one.step).unwrap();
        assert_eq!(step.asks, Asks::Determination);
        assert!(!one.by.is_empty());
        assert_eq!(one.by.len(), one.given.len(), "{}: a voice counts once", case.id);
        assert!(one.by.is_disjoint(&one.without), "{}: one who stepped aside decides: {one:?}", case.id);
        match one.kind {
            Kind::Joint => assert!(!step.concur.is_empty() && one.without.is_empty()),
            Kind::WithoutRecused => assert!(!step.concur.is_empty() && !one.without.is_empty()),
            Kind::Sole => assert!(step.concur.is_empty() && one.by.len() == 1),
            Kind::Separate => assert_eq!(one.by.len(), 1),
        }
        let voices: Vec<&Doer> = one
            .given
            .iter()
            .map(|entry| {
                let done = case.done.iter().find(|done| done.entry == *entry).unwrap();
                assert_eq!(done.step, one.step);
                &done.doer
            })
            .collect();
        assert!(voices.iter().all(|doer| one.by.contains(doer)));
        for doer in &one.by {
            // Whoever stepped aside by a word of their own did so later than this.
            assert!(case.recused.get(doer).is_none_or(|entry| *entry > one.entry), "{}: {one:?}", case.id);
        }
    }
}

/// Nobody got to a step that needs means before they were logged.
fn means_first(case: &Case) {
    for passage in &case.trail {
        let Some(step) = case.procedure.step(&passage.to).filter(|step| step.needs_means > 0) else {
            continue;
        };
        if passage.way == Way::Reopened {
            continue;
        }
        assert_eq!(passage.way, Way::Acted);
        let logged = case.means.iter().filter(|one| Some(one.entry) <= passage.entry).count();
        assert!(logged >= usize::try_from(step.needs_means).unwrap(), "{}: {passage:?}", case.id);
    }
}

/// When a case has certainly ended if nobody says another word: the time of its present step and of every step once.
pub fn last_word(case: &Case, setting: &Setting, at: Instant) -> Instant {
    let mut end = case.clock().map_or(at, |clock| clock.due).max(at);
    for step in &case.procedure.steps {
        end = setting.after(end, step.within);
        // Working time reckoned in another order can take some days more; a change of clocks an hour.
        let slack = match step.within {
            Length::WorkingHours(_) | Length::WorkingDays(_) => 14 * 86_400,
            _ => 7_200,
        };
        end = end.plus_seconds(slack);
    }
    end.plus_seconds(1)
}

/// What stood at an earlier moment stands later as well: nothing is taken out of a case by what comes after.
pub fn grows(before: &Docket, after: &Docket) {
    for (id, old) in &before.cases {
        let new = &after.cases[id];
        assert_eq!(new.trail[..old.trail.len()], old.trail[..], "{id}");
        assert_eq!(new.done[..old.done.len()], old.done[..], "{id}");
        assert_eq!(new.determinations[..old.determinations.len()], old.determinations[..], "{id}");
        assert_eq!(new.means[..old.means.len()], old.means[..], "{id}");
        assert_eq!(new.refused[..old.refused.len()], old.refused[..], "{id}");
        for (n, clock) in old.clocks.iter().enumerate().filter(|(_, clock)| clock.stopped.is_some()) {
            assert_eq!(new.clocks[n].stopped, clock.stopped, "{id}");
        }
    }
    assert_eq!(after.refused[..before.refused.len()], before.refused[..]);
}

/// Whether somebody has to step aside in a step because they, or forces of theirs, are before the case.
pub fn is_before_the_case(case: &Case, step: &Step, doer: &Doer, setting: &Setting, at: Instant) -> bool {
    let Doer::Actor(whole) = doer else { return false };
    step.recuse_when.contains(&Who::Respondent)
        && case.respondents.iter().any(|one| setting.actors.belongs(one, whole, at))
}
