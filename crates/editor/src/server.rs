//! The conversation with one editor: what it opens and types, what it asks, what it is told.
//!
//! One thread reads, one answers. What was typed is taken in whole before anything is checked, so that a slow file never lags
//! behind by more than one check. Nothing that a client sends ends the session but `exit` and the end of its output.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use lsp_types::{
    CodeActionParams, CompletionParams, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DocumentFormattingParams, DocumentSymbolParams, GotoDefinitionParams,
    HoverParams, Position, PublishDiagnosticsParams, ReferenceParams, RenameParams,
    TextDocumentPositionParams, TextEdit, Uri,
};
use serde_json::{Value, json};

use crate::document::{Document, TEXT_LIMIT};
use crate::folder::{FILES, Folder};
use crate::hover::Words;
use crate::wire::{Incoming, read, write};
use crate::{actions, completion, diagnostics, hover, names, rename};

/// Most texts that are open at once; beyond it the client is told nothing of the others.
const OPEN_LIMIT: usize = 256;

/// Codes of the protocol for what could not be answered.
const NOT_JSON: i64 = -32700;
const NO_REQUEST: i64 = -32600;
const NO_METHOD: i64 = -32601;
const BAD_PARAMETERS: i64 = -32602;
const FAULT: i64 = -32603;
const NOT_STARTED: i64 = -32002;
const REFUSED: i64 = -32803;

/// Why something was not answered.
struct Refusal(i64, String);

type Answer = Result<Value, Refusal>;

/// Serves one editor until it says `exit` or goes away; `true` when it took leave properly.
///
/// # Errors
/// When the output fails, or the input makes no sense as messages.
pub fn serve(input: impl Read + Send + 'static, mut output: impl Write) -> io::Result<bool> {
    let (sender, incoming) = sync_channel(64);
    std::thread::Builder::new().name("reader".to_owned()).spawn(move || {
        let mut input = BufReader::new(input);
        loop {
            let message = read(&mut input);
            let last = matches!(message, Err(_) | Ok(Incoming::End));
            if sender.send(message).is_err() || last {
                return;
            }
        }
    })?;
    let mut server = Server::new();
    while let Some(message) = next(&incoming, &mut server, &mut output)? {
        match message {
            Incoming::End => return Ok(server.ended),
            Incoming::Unreadable(say) => write(&mut output, &failed(&Value::Null, NOT_JSON, &say))?,
            Incoming::Message(message) => {
                if message.get("method").and_then(Value::as_str) == Some("exit") {
                    return Ok(server.ended);
                }
                for answer in server.take(&message) {
                    write(&mut output, &answer)?;
                }
            }
        }
    }
    Ok(server.ended)
}

/// The next message; when none waits, what is wrong with the texts is said first.
fn next(
    incoming: &Receiver<io::Result<Incoming>>,
    server: &mut Server,
    output: &mut impl Write,
) -> io::Result<Option<Incoming>> {
    match incoming.try_recv() {
        Ok(message) => return message.map(Some),
        Err(TryRecvError::Disconnected) => return Ok(None),
        Err(TryRecvError::Empty) => {}
    }
    while let Some(told) = server.tell() {
        write(output, &told)?;
        // What is typed meanwhile goes first.
        if let Ok(message) = incoming.try_recv() {
            return message.map(Some);
        }
    }
    match incoming.recv() {
        Ok(message) => message.map(Some),
        Err(_) => Ok(None),
    }
}

fn failed(id: &Value, code: i64, say: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": say } })
}

struct Server {
    documents: BTreeMap<String, Document>,
    folders: BTreeMap<PathBuf, Folder>,
    /// Texts of which it is to be said anew what is wrong.
    untold: BTreeSet<String>,
    words: Words,
    started: bool,
    ended: bool,
    /// Whether the client shows the other places of a fault itself.
    related: bool,
    /// Whether the client can watch files.
    watches: bool,
}

impl Server {
    fn new() -> Self {
        Self {
            documents: BTreeMap::new(),
            folders: BTreeMap::new(),
            untold: BTreeSet::new(),
            words: Words::new(),
            started: false,
            ended: false,
            related: false,
            watches: false,
        }
    }

    /// Takes one message; gives what is to be answered.
    fn take(&mut self, message: &Value) -> Vec<Value> {
        let id = message.get("id").filter(|id| id.is_number() || id.is_string());
        let Some(method) = message.get("method").and_then(Value::as_str) else {
            // An answer to what the server asked needs none; anything else is no request.
            let answers = message.get("result").is_some() || message.get("error").is_some();
            return if answers {
                Vec::new()
            } else {
                vec![failed(&Value::Null, NO_REQUEST, "this is no request")]
            };
        };
        let parameters = message.get("params").cloned().unwrap_or(Value::Null);
        let guarded = catch_unwind(AssertUnwindSafe(|| match id {
            Some(_) => self.answer(method, parameters),
            None => {
                self.note(method, parameters);
                Ok(Value::Null)
            }
        }));
        let answer = guarded
            .unwrap_or_else(|_| Err(Refusal(FAULT, "a fault of the server; please report it".to_owned())));
        let mut out = Vec::new();
        if let Some(id) = id {
            out.push(match answer {
                Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
                Err(Refusal(code, say)) => failed(id, code, &say),
            });
        }
        if method == "initialized" && self.watches {
            out.push(watch());
        }
        out
    }

    /// A notification; one that is not known or makes no sense is passed over, as the protocol asks.
    fn note(&mut self, method: &str, parameters: Value) {
        match method {
            "textDocument/didOpen" => {
                let Ok(open) = serde_json::from_value::<DidOpenTextDocumentParams>(parameters) else {
                    return;
                };
                let item = open.text_document;
                let key = item.uri.as_str().to_owned();
                if item.text.len() <= TEXT_LIMIT
                    && (self.documents.len() < OPEN_LIMIT || self.documents.contains_key(&key))
                {
                    self.documents.insert(key.clone(), Document::new(item.uri, item.version, item.text));
                    self.untold.insert(key);
                }
            }
            "textDocument/didChange" => {
                let Ok(change) = serde_json::from_value::<DidChangeTextDocumentParams>(parameters) else {
                    return;
                };
                let key = change.text_document.uri.as_str().to_owned();
                if let Some(document) = self.documents.get_mut(&key) {
                    document.change(change.text_document.version, change.content_changes);
                    self.untold.insert(key);
                }
            }
            "textDocument/didClose" => {
                let Ok(close) = serde_json::from_value::<DidCloseTextDocumentParams>(parameters) else {
                    return;
                };
                let key = close.text_document.uri.as_str().to_owned();
                self.documents.remove(&key);
                self.untold.insert(key);
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.refresh(),
            _ => {}
        }
    }

    /// Reads registries again that have changed; texts beside them are checked anew.
    fn refresh(&mut self) {
        let used: BTreeSet<PathBuf> = self.documents.values().map(Document::folder).collect();
        self.folders.retain(|path, _| used.contains(path));
        for path in used {
            if self.folders.get(&path).is_none_or(Folder::is_stale) {
                for (key, document) in self.documents.iter_mut().filter(|(_, one)| one.folder() == path) {
                    document.forget();
                    self.untold.insert(key.clone());
                }
                self.folders.insert(path.clone(), Folder::read(&path));
            }
        }
    }

    /// What is wrong with one text of which it has not been said yet.
    fn tell(&mut self) -> Option<Value> {
        if self.untold.is_empty() || !self.started {
            return None;
        }
        self.refresh();
        let key = self.untold.pop_first()?;
        let related = self.related;
        let told = match self.documents.get_mut(&key) {
            None => {
                let uri: Uri = key.parse().ok()?;
                PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None }
            }
            Some(document) => {
                let folder = self.folders.get(&document.folder())?;
                let said = catch_unwind(AssertUnwindSafe(|| {
                    document.check(folder);
                    diagnostics::all(document, folder, related)
                }));
                let version = Some(document.version);
                PublishDiagnosticsParams {
                    uri: document.uri.clone(),
                    diagnostics: said.unwrap_or_default(),
                    version,
                }
            }
        };
        Some(json!({ "jsonrpc": "2.0", "method": "textDocument/publishDiagnostics", "params": told }))
    }

    fn answer(&mut self, method: &str, parameters: Value) -> Answer {
        match method {
            "initialize" => Ok(self.initialize(&parameters)),
            _ if !self.started => Err(Refusal(NOT_STARTED, "initialize comes first".to_owned())),
            "shutdown" => {
                self.ended = true;
                Ok(Value::Null)
            }
            _ if self.ended => Err(Refusal(NO_REQUEST, "the session was shut down".to_owned())),
            _ => self.asked(method, parameters),
        }
    }

    fn initialize(&mut self, parameters: &Value) -> Value {
        self.started = true;
        let can = |path: &str| parameters.pointer(path).and_then(Value::as_bool).unwrap_or(false);
        self.related = can("/capabilities/textDocument/publishDiagnostics/relatedInformation");
        self.watches = can("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration");
        json!({
            "serverInfo": { "name": "truceline", "version": env!("CARGO_PKG_VERSION") },
            "capabilities": {
                "positionEncoding": "utf-16",
                "textDocumentSync": { "openClose": true, "change": 2, "save": true },
                "hoverProvider": true,
                "definitionProvider": true,
                "referencesProvider": true,
                "documentSymbolProvider": true,
                "documentFormattingProvider": true,
                "codeActionProvider": { "codeActionKinds": ["quickfix"] },
                "completionProvider": { "triggerCharacters": ["=", ":"] },
                "renameProvider": { "prepareProvider": true },
            },
        })
    }

    /// A question about an open text.
    fn asked(&mut self, method: &str, parameters: Value) -> Answer {
        match method {
            "textDocument/hover" => {
                let at = of::<HoverParams>(parameters)?.text_document_position_params;
                let (document, folder, words) = self.at(&at.text_document.uri)?;
                Ok(json!(hover::hover(document, folder, words, at.position)))
            }
            "textDocument/definition" => {
                let at = of::<GotoDefinitionParams>(parameters)?.text_document_position_params;
                let (document, folder, _) = self.at(&at.text_document.uri)?;
                Ok(json!(names::definition(document, folder, at.position)))
            }
            "textDocument/references" => {
                let asked = of::<ReferenceParams>(parameters)?;
                let at = asked.text_document_position;
                let (document, folder, _) = self.at(&at.text_document.uri)?;
                let declared = asked.context.include_declaration;
                Ok(json!(names::references(document, folder, at.position, declared)))
            }
            "textDocument/completion" => {
                let at = of::<CompletionParams>(parameters)?.text_document_position;
                let (document, folder, words) = self.at(&at.text_document.uri)?;
                Ok(json!(completion::complete(document, folder, words, at.position)))
            }
            "textDocument/prepareRename" => {
                let at = of::<TextDocumentPositionParams>(parameters)?;
                let (document, _, _) = self.at(&at.text_document.uri)?;
                let (range, name) =
                    rename::prepare(document, at.position).map_err(|say| Refusal(REFUSED, say))?;
                Ok(json!({ "range": range, "placeholder": name }))
            }
            "textDocument/rename" => {
                let asked = of::<RenameParams>(parameters)?;
                let Position { line, character } = asked.text_document_position.position;
                let (document, _, _) = self.at(&asked.text_document_position.text_document.uri)?;
                let edit = rename::rename(document, Position { line, character }, &asked.new_name);
                Ok(json!(edit.map_err(|say| Refusal(REFUSED, say))?))
            }
            "textDocument/codeAction" => {
                let asked = of::<CodeActionParams>(parameters)?;
                let related = self.related;
                self.checked(&asked.text_document.uri)?;
                let (document, _, _) = self.at(&asked.text_document.uri)?;
                Ok(json!(actions::fixes(document, asked.range, related)))
            }
            "textDocument/documentSymbol" => {
                let (document, _, _) = self.at(&of::<DocumentSymbolParams>(parameters)?.text_document.uri)?;
                Ok(json!(names::outline(document)))
            }
            "textDocument/formatting" => {
                let (document, _, _) =
                    self.at(&of::<DocumentFormattingParams>(parameters)?.text_document.uri)?;
                Ok(json!(formatting(document)))
            }
            other => Err(Refusal(NO_METHOD, format!("{other} is not served"))),
        }
    }

    /// An open text with its registries, read again if they changed, and its names.
    fn at(&mut self, uri: &Uri) -> Result<(&Document, &Folder, &Words), Refusal> {
        self.refresh();
        let missing = || Refusal(BAD_PARAMETERS, format!("{} is not open", uri.as_str()));
        let document = self.documents.get_mut(uri.as_str()).ok_or_else(missing)?;
        document.index();
        let folder = self.folders.get(&document.folder()).ok_or_else(missing)?;
        Ok((document, folder, &self.words))
    }

    /// Checks a text, if it was not checked since it changed.
    fn checked(&mut self, uri: &Uri) -> Result<(), Refusal> {
        self.at(uri)?;
        if let Some(document) = self.documents.get_mut(uri.as_str())
            && let Some(folder) = self.folders.get(&document.folder())
        {
            document.check(folder);
        }
        Ok(())
    }
}

/// The parameters of a request.
fn of<P: for<'de> serde::Deserialize<'de>>(parameters: Value) -> Result<P, Refusal> {
    serde_json::from_value(parameters).map_err(|error| Refusal(BAD_PARAMETERS, error.to_string()))
}

/// The lines that the formatter changes; `None` for a text that it leaves alone because a line cannot be read.
fn formatting(document: &Document) -> Option<Vec<TextEdit>> {
    let formatted = document.is_read().then(|| truceline_terms::format::format(&document.text))?.ok()?;
    let edit = |change: truceline_terms::format::Change| TextEdit {
        range: document.range(change.span),
        new_text: change.after.unwrap_or_default(),
    };
    Some(formatted.changes.into_iter().map(edit).collect())
}

/// Asks the client to say when a registry changes.
fn watch() -> Value {
    let watchers: Vec<Value> =
        FILES.iter().map(|name| json!({ "globPattern": format!("**/{name}") })).collect();
    let options = json!({ "watchers": watchers });
    let one = json!({ "id": "registries", "method": "workspace/didChangeWatchedFiles", "registerOptions": options });
    json!({ "jsonrpc": "2.0", "id": "watch", "method": "client/registerCapability", "params": { "registrations": [one] } })
}
