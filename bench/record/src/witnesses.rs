//! Two real witnesses: `truceline witness serve`, each a process with a folder of its own on the same disk, spoken to over HTTP on loopback.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use truceline_record::{WitnessRequest, WitnessVerifier};

use crate::Result;

/// A witness that runs until it is let go.
pub(crate) struct Witness {
    child: Child,
    address: String,
    agent: ureq::Agent,
    /// Its public key.
    pub(crate) key: WitnessVerifier,
}

impl Witness {
    /// Makes one, tells it of the log, and starts it.
    ///
    /// # Errors
    /// When the program does not do it.
    pub(crate) fn start(program: &Path, folder: &Path, name: &str, log: &str) -> Result<Self> {
        let at = folder.to_str().ok_or("a folder whose name is no text")?;
        once(program, &["witness", "init", "--at", at, "--name", name])?;
        once(program, &["witness", "trust", "--at", at, "--log", log])?;
        let mut command = Command::new(program);
        command.args(["witness", "serve", "--at", at, "--listen", "127.0.0.1:0", "--format", "json"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let said = child.stdout.take().ok_or("the witness says nothing")?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let told: Value = serde_json::from_str(&line)?;
        let word =
            |name: &str| told.get(name).and_then(Value::as_str).map(str::to_owned).ok_or("no address or key");
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(10)))
            .proxy(None)
            .http_status_as_error(false)
            .build()
            .new_agent();
        Ok(Self { child, address: word("address")?, agent, key: WitnessVerifier::new(&word("key")?)? })
    }

    /// Asks it for its signature.
    ///
    /// # Errors
    /// When it does not sign.
    pub(crate) fn ask(&self, request: &WitnessRequest) -> Result<Vec<u8>> {
        let sent =
            self.agent.post(format!("{}/add-checkpoint", self.address)).send(request.to_bytes().as_slice());
        let mut answer = sent?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string()?;
        if status == 200 {
            Ok(text.into_bytes())
        } else {
            Err(format!("a witness answered {status}: {text}").into())
        }
    }
}

fn once(program: &Path, words: &[&str]) -> Result<()> {
    let output = Command::new(program).args(words).output();
    let output = output.map_err(|error| format!("{}: {error}; build it first", program.display()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}

impl Drop for Witness {
    fn drop(&mut self) {
        // Nothing to do about one that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
