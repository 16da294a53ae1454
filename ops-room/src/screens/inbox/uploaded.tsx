// A report that is files: what they show in a line of words, whose they are, and how far each has come. A text can be read like pasted words.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { size } from "../../shell/attachments.tsx";
import { useKeys } from "../../shell/keys.tsx";
import { to } from "../../shell/route.ts";
import { session } from "../../shell/session.ts";
import { of } from "../../words/index.ts";
import { type Brought, brought, MOST_BYTES, MOST_FILES, sending } from "./files.ts";
import { hand, kept, type Sent } from "./queue.ts";
import { SaidBy, saidBy, type Says } from "./said.tsx";

const w = of("inbox");
const ACCEPT = "image/jpeg,image/png,image/webp,video/mp4,video/quicktime,application/pdf,text/plain,text/csv,.geojson,.csv,.txt";
/** Longest text that is read like pasted words. */
const READ_BYTES = 200_000;

/** A text on its way to be read, with the file that it came as. */
export const carried = signal<{ words: string; file: Brought } | null>(null);

/** Whether bytes could be a text; what they are, the server says. */
async function text(file: Brought): Promise<string | undefined> {
  if (file.blob.size > READ_BYTES) return undefined;
  try {
    const words = new TextDecoder("utf-8", { fatal: true }).decode(await file.blob.arrayBuffer());
    return words.includes("\0") ? undefined : words;
  } catch {
    return undefined;
  }
}

export function Progress() {
  const now = sending.value;
  if (!now) return null;
  return (
    <p class="sending">
      <label>
        {w("sending-file", { name: now.name, part: now.part })} <progress max={100} value={now.part} />
      </label>
    </p>
  );
}

export function UploadedForm({ done }: { done: (sent: Sent) => void }) {
  const [files, setFiles] = useState<readonly Brought[]>([]);
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [words, setWords] = useState("");
  const [says, setSays] = useState<Says>({ who: session.value?.role === "hotline-operator" ? "caller" : "myself", name: "", source: "" });
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const line = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  useKeys([{ key: "f", says: w("choose-files"), does: () => field.current?.click() }]);
  const add = async (list: FileList | null) => {
    setFault("");
    const chosen = [...(list ?? [])].map(brought);
    const long = chosen.find((file) => file.blob.size > MOST_BYTES);
    if (long) return setFault(w("file-too-long", { name: long.name }));
    if (files.length + chosen.length > MOST_FILES) return setFault(w("too-many"));
    for (const file of chosen) {
      const read = await text(file);
      if (read !== undefined) setTexts((was) => ({ ...was, [file.key]: read }));
    }
    setFiles((was) => [...was, ...chosen]);
    line.current?.focus();
  };
  const send = async () => {
    if (busy) return;
    if (files.length === 0) return setFault(w("files-lacking"));
    if (!words.trim()) return line.current?.focus();
    if (says.who === "source" && !says.source) return setFault(w("source-lacking"));
    setBusy(true);
    setFault("");
    const what = { typed: { words: words.trim(), said_by: saidBy(says) } };
    const sent = await hand(what, files).catch((error: unknown): Sent => ({ refused: w("not-kept", { why: String(error) }), refusals: [] }));
    setBusy(false);
    if ("refused" in sent) return setFault(sent.refused);
    setFiles([]);
    setWords("");
    done(sent);
  };
  const [, large] = kept(files);
  return (
    <form
      class="typed uploaded"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          void send();
        }
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void add(event.dataTransfer?.files ?? null);
      }}
    >
      <label class="choose">
        <span>
          {w("choose-files")} <kbd>f</kbd>
        </span>
        <input
          ref={field}
          type="file"
          multiple
          accept={ACCEPT}
          onChange={(event) => {
            void add(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
      </label>
      <p class="aside">{w("drop-hint")}</p>
      {files.length > 0 && (
        <ul class="chosen" aria-label={w("chosen")}>
          {files.map((file) => (
            <li key={file.key}>
              <bdi>{file.name}</bdi> <span class="aside">{size(file.blob.size)}</span>{" "}
              <button type="button" onClick={() => setFiles(files.filter((other) => other !== file))}>
                {w("take-out")}
              </button>{" "}
              {texts[file.key] !== undefined && (
                <button
                  type="button"
                  onClick={() => {
                    carried.value = { words: texts[file.key] ?? "", file };
                    location.hash = to("inbox", "text");
                  }}
                >
                  {w("read-its-words")}
                </button>
              )}
              {large.includes(file) && <p class="doubt">{w("file-large")}</p>}
            </li>
          ))}
        </ul>
      )}
      <label class="words">
        {w("files-words")}
        <textarea ref={line} rows={3} dir="auto" required maxLength={100_000} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      </label>
      <SaidBy says={says} set={setSays} />
      <Progress />
      {fault && <p role="alert" dir="auto">{fault}</p>}
      <button type="submit" disabled={busy}>
        {w("send-files")} <kbd>Ctrl Enter</kbd>
      </button>
    </form>
  );
}
