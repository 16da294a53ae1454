// The drawing itself: MapLibre over the mission's own outlines, no tiles, no fonts, no request to anybody. Loaded only where a map is shown.
// Precision is a circle of its own size on the ground; states differ by hatching, incidents by shape, so that nothing hangs on colour alone.
import type * as GeoJSON from "geojson";
import { GeoJSONSource, Map as Sheet, Marker, setWorkerUrl, type MapGeoJSONFeature, type StyleSpecification } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Schemas, Texts } from "../../shell/names.ts";
import type { MapOf, Watch } from "./shared.ts";

setWorkerUrl(worker);

type Outlines = Schemas["AreaFeatures"];
type Feature = { type: "Feature"; geometry: GeoJSON.Geometry; properties: Record<string, unknown> };
type Asked = { area: (id: string | undefined) => void; incidents: (ids: string[]) => void };

export type Drawing = {
  states: (watch: Watch, say: (names: Texts | null) => string) => void;
  lies: (of: MapOf) => void;
  pick: (area: string | undefined) => void;
  end: () => void;
};

const SUMMARIES = ["prohibited", "disputed", "undetermined", "not-prohibited", "not-covered"] as const;
/** Sides of a circle on the ground. */
const SIDES = 48;
/** Metres in a degree of latitude; the drawing measures nothing. */
const DEGREE_M = 111_200;
/** Radii above this say no more than the governorate does. */
const WIDEST_M = 60_000;

/** A colour of the page, as it is in the theme in use. */
function colour(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function circle([lon, lat]: [number, number], metres: number): GeoJSON.Polygon {
  const high = metres / DEGREE_M;
  const wide = high / Math.cos((lat * Math.PI) / 180);
  const ring = Array.from({ length: SIDES + 1 }, (_, n) => {
    const turn = (2 * Math.PI * (n % SIDES)) / SIDES;
    return [lon + wide * Math.cos(turn), lat + high * Math.sin(turn)];
  });
  return { type: "Polygon", coordinates: [ring] };
}

function picture(size: number, draw: (pen: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  draw(pen);
  return pen.getImageData(0, 0, size, size);
}

function hatch(ink: string): ImageData {
  return picture(16, (pen) => {
    pen.strokeStyle = ink;
    pen.lineWidth = 2;
    for (const from of [-16, 0, 16]) {
      pen.moveTo(from, 16);
      pen.lineTo(from + 16, 0);
    }
    pen.stroke();
  });
}

/** A square, a diamond, a ring with a dot, a ring, a bar. */
function shape(summary: string, ink: string, paper: string): ImageData {
  return picture(36, (pen) => {
    pen.lineWidth = 4;
    pen.strokeStyle = ink;
    pen.fillStyle = summary === "prohibited" ? ink : paper;
    pen.beginPath();
    if (summary === "prohibited") pen.rect(6, 6, 24, 24);
    else if (summary === "disputed") {
      pen.moveTo(18, 2);
      pen.lineTo(34, 18);
      pen.lineTo(18, 34);
      pen.lineTo(2, 18);
      pen.closePath();
    } else if (summary === "not-covered") pen.rect(4, 15, 28, 6);
    else pen.arc(18, 18, summary === "undetermined" ? 13 : 8, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
    if (summary === "undetermined") {
      pen.beginPath();
      pen.arc(18, 18, 3, 0, 2 * Math.PI);
      pen.fillStyle = ink;
      pen.fill();
    }
  });
}

const empty = (): GeoJSON.FeatureCollection => ({ type: "FeatureCollection", features: [] });

function style(): StyleSpecification {
  const source = () => ({ type: "geojson" as const, data: empty() });
  const state = ["coalesce", ["get", "state"], "none"] as unknown as string;
  const paint = (name: string) => colour(name);
  return {
    version: 8,
    sources: { areas: source(), calms: source(), lines: source(), circles: source(), incidents: source() },
    layers: [
      { id: "paper", type: "background", paint: { "background-color": paint("sheet") } },
      {
        id: "areas",
        type: "fill",
        source: "areas",
        paint: {
          "fill-color": ["match", state, "collapsed", paint("collapsed"), "fraying", paint("fraying"), "holding", paint("holding"), paint("unseen")],
          "fill-opacity": ["match", state, "collapsed", 0.5, "fraying", 0.4, "holding", 0.28, 0.06],
        },
      },
      { id: "unseen", type: "fill", source: "areas", filter: ["==", ["get", "state"], "not-observed"], paint: { "fill-pattern": "hatch" } },
      { id: "borders", type: "line", source: "areas", paint: { "line-color": paint("faint"), "line-width": ["case", ["boolean", ["get", "picked"], false], 4, 1] } },
      { id: "calms", type: "line", source: "calms", paint: { "line-color": paint("accent"), "line-width": 2, "line-dasharray": [3, 2] } },
      { id: "held", type: "fill", source: "lines", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": ["get", "ink"], "fill-opacity": 0.15 } },
      { id: "lines", type: "line", source: "lines", paint: { "line-color": ["get", "ink"], "line-width": 2.5, "line-dasharray": [1, 1] } },
      { id: "circles", type: "line", source: "circles", paint: { "line-color": paint("ink"), "line-opacity": 0.35, "line-width": 1 } },
      {
        id: "incidents",
        type: "symbol",
        source: "incidents",
        layout: { "icon-image": ["concat", "shape-", ["get", "summary"]], "icon-size": 0.45, "icon-allow-overlap": true, "symbol-sort-key": ["get", "rank"] },
      },
    ],
  };
}

function data(sheet: Sheet, id: string, features: Feature[]): void {
  const source = sheet.getSource(id);
  if (source instanceof GeoJSONSource) void source.setData({ type: "FeatureCollection", features: features as GeoJSON.Feature[] });
}

function bounds(features: Outlines["features"]): [number, number, number, number] | undefined {
  const all: [number, number, number, number] = [180, 90, -180, -90];
  const each = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    const [lon, lat] = value as [unknown, unknown];
    if (typeof lon === "number" && typeof lat === "number") {
      all[0] = Math.min(all[0], lon);
      all[1] = Math.min(all[1], lat);
      all[2] = Math.max(all[2], lon);
      all[3] = Math.max(all[3], lat);
    } else value.forEach(each);
  };
  for (const one of features) each((one.geometry as { coordinates?: unknown } | null)?.coordinates);
  return all[0] <= all[2] ? all : undefined;
}

/** Where a name stands: in the middle of the largest ring. */
function middle(geometry: unknown): [number, number] | undefined {
  const rings = ((geometry as { coordinates?: [number, number][][][] } | null)?.coordinates ?? []).map((part) => part[0] ?? []);
  const ring = rings.reduce<[number, number][]>((best, one) => (one.length > best.length ? one : best), []);
  if (ring.length === 0) return undefined;
  const lons = ring.map((one) => one[0]);
  const lats = ring.map((one) => one[1]);
  return [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
}

/** Draws the outlines, and gives a hand to what lies on them. */
export async function draw(place: HTMLElement, outlines: Outlines, asked: Asked): Promise<Drawing> {
  const governorates = outlines.features.filter((one) => one.properties.kind === "governorate");
  const around = bounds(governorates.length > 0 ? governorates : outlines.features);
  const sheet = new Sheet({
    container: place,
    style: style(),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    ...(around ? { bounds: around, fitBoundsOptions: { padding: 16 } } : {}),
  });
  sheet.touchZoomRotate.disableRotation();
  await new Promise<void>((done, fail) => {
    sheet.once("load", () => done());
    sheet.once("error", (event) => fail(event.error));
  });
  sheet.addImage("hatch", hatch(colour("unseen")), { pixelRatio: 2 });
  const inks: Record<string, string> = { prohibited: colour("alarm"), disputed: colour("accent") };
  for (const one of SUMMARIES) sheet.addImage(`shape-${one}`, shape(one, inks[one] ?? colour("ink"), colour("sheet")));
  const labels: Marker[] = [];
  let shown: Feature[] = [];
  let picked: string | undefined;
  const areas = () => data(sheet, "areas", shown.map((one) => ({ ...one, properties: { ...one.properties, picked: one.properties["area"] === picked } })));
  const at = (point: { x: number; y: number }): MapGeoJSONFeature[] => {
    const box: [[number, number], [number, number]] = [[point.x - 8, point.y - 8], [point.x + 8, point.y + 8]];
    return sheet.queryRenderedFeatures(box, { layers: ["incidents"] });
  };
  // Whether what was asked for is on the sheet, for whoever takes a picture of it.
  sheet.on("dataloading", () => (place.dataset["still"] = "false"));
  sheet.on("idle", () => (place.dataset["still"] = "true"));
  sheet.on("click", (event) => {
    const found = at(event.point);
    asked.incidents(found.map((one) => String(one.properties["incident"])));
    if (found.length > 0) return;
    const [area] = sheet.queryRenderedFeatures(event.point, { layers: ["areas"] });
    asked.area(area ? String(area.properties["area"]) : undefined);
  });
  return {
    states(watch, say) {
      const by = new Map(watch.areas.map((one) => [one.area, one]));
      shown = governorates.map((one) => ({ type: "Feature", geometry: one.geometry as unknown as GeoJSON.Geometry, properties: { area: one.properties.area, state: by.get(one.properties.area)?.state ?? "none" } }));
      areas();
      const calms = new Set(watch.truce.calms.filter((one) => one.in_force !== "none").map((one) => one.area));
      const zones = outlines.features.filter((one) => calms.has(one.properties.area));
      data(sheet, "calms", zones.map((one) => ({ type: "Feature", geometry: one.geometry as unknown as GeoJSON.Geometry, properties: {} })));
      labels.splice(0).forEach((one) => one.remove());
      for (const one of governorates) {
        const where = middle(one.geometry);
        if (!where) continue;
        const name = document.createElement("span");
        name.className = "map-name";
        name.dir = "auto";
        name.textContent = say(one.properties.names);
        labels.push(new Marker({ element: name, anchor: "center" }).setLngLat(where).addTo(sheet));
      }
    },
    lies(of) {
      const all = of.incidents.features.filter((one) => one.geometry);
      const point = (one: (typeof all)[number]) => (one.geometry as unknown as GeoJSON.Point).coordinates as [number, number];
      data(sheet, "incidents", all.map((one) => ({ type: "Feature", geometry: one.geometry as unknown as GeoJSON.Geometry, properties: { incident: one.properties.incident, summary: one.properties.summary, rank: -SUMMARIES.indexOf(one.properties.summary) } })));
      const round = all.filter((one) => (one.properties.within_m ?? 0) > 0 && (one.properties.within_m ?? 0) <= WIDEST_M);
      data(sheet, "circles", round.map((one) => ({ type: "Feature", geometry: circle(point(one), one.properties.within_m ?? 0), properties: {} })));
      data(sheet, "lines", of.lines.features.map((one, n) => {
        const geometry = one.geometry as unknown as GeoJSON.Geometry;
        const drawn = geometry.type === "Point" ? circle(geometry.coordinates as [number, number], one.properties.within_m ?? 0) : geometry;
        return { type: "Feature", geometry: drawn, properties: { ink: colour(`asserted-${n % 4}`) } };
      }));
    },
    pick(area) {
      picked = area;
      areas();
    },
    end() {
      sheet.remove();
    },
  };
}
