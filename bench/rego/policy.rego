# The rules of the made agreement without geometry: which zones an incident lies in comes with the incident. Two values, one of
# each fact; no reasons, no cruxes, no unknowns: less than is asked of Truceline.
package truceline

import rego.v1

findings := [outcome(clause, reading) | some clause in data.clauses; some reading in ["letter", "purpose"]]

covered(clause) if {
	input.at >= clause.from
	input.at < clause.until
	input.zones[clause.zone]
	clause.bound[input.doer]
	not input.zones[clause.exempt]
}

aimed(clause, _) if clause.letter[input.target]

aimed(clause, "purpose") if input.target == "hospital"

aimed(clause, "purpose") if clause.holders[input.holder]

forbidden(clause, reading) if {
	clause.acts[input.act]
	armed(clause)
	aimed(clause, reading)
	not defended(clause)
}

armed(clause) if clause.any_weapon

armed(clause) if clause.weapons[input.weapon]

defended(clause) if {
	clause.defence
	input.claimed
}

outcome(clause, _) := "not-covered" if not covered(clause)

outcome(clause, reading) := "prohibited" if {
	covered(clause)
	forbidden(clause, reading)
}

outcome(clause, reading) := "not-prohibited" if {
	covered(clause)
	not forbidden(clause, reading)
}
