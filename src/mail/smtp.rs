//! One conversation with a mail server, over a socket of ours.
//!
//! The mail library's own transport is not used: its socket stalls 40 ms per message without
//! `TCP_NODELAY`, its timeout does not cover the conversation, and its pool reuses a connection that
//! fell out of step, which once reported a refused message as sent. A connection here belongs to one
//! sender and is dropped on any timeout or surprise; only 250 after the final dot means sent.

mod greeting;
pub mod wrapped;

use std::error::Error as _;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Data;
use lettre::transport::smtp::commands::Mail;
use lettre::transport::smtp::commands::Rcpt;
use lettre::transport::smtp::commands::Rset;
use lettre::transport::smtp::extension::Extension;
use lettre::transport::smtp::extension::MailBodyParameter;
use lettre::transport::smtp::extension::MailParameter;
use lettre::transport::smtp::extension::RcptParameter;
use lettre::transport::smtp::response::Response;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio::time::timeout;

use crate::mail::message::Mime;
use crate::mail::repo::faults::Stage;
use crate::platform::config::SmtpTarget;
use greeting::Skills;

/// How long each step may take (RFC 5321, 4.5.3.2). A shorter wait for the last answer makes duplicates.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub connect: Duration,
    pub command: Duration,
    pub data: Duration,
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            command: Duration::from_mins(5),
            data: Duration::from_mins(2),
            // Three minutes for the content, ten for the answer to it.
            answer: Duration::from_mins(13),
        }
    }
}

/// Age at which a connection is renewed.
const AGE_MAX: Duration = Duration::from_mins(5);
/// A farewell is a courtesy.
const QUIT_LIMIT: Duration = Duration::from_secs(5);
/// Longest reason that is kept.
const REASON_CHARS: usize = 200;

/// A negative answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    pub text: String,
}

/// Why a step did not succeed.
#[derive(Debug)]
pub enum Trouble {
    /// The server said no.
    Refused(Reply),
    /// Timeout, network or protocol: nothing more can be said on this connection.
    Broken(String),
}

/// Why an envelope was not taken.
#[derive(Debug)]
pub enum NotTaken {
    /// Refused because of our sender address, or of the connection: every message would be.
    Sender(Reply),
    /// Refused because of the recipient, or of the moment.
    Recipient(Stage, Reply),
    /// The server cannot take such a message.
    Unsupported(&'static str),
    /// As [`Trouble::Broken`].
    Broken(Stage, String),
}

/// An open connection. Drop it to hang up.
pub struct Connection {
    inner: AsyncSmtpConnection,
    skills: Skills,
    patience: Patience,
    opened: Instant,
    messages: u32,
    messages_max: u32,
    /// A refused envelope is to be taken back before the next.
    unclean: bool,
    /// Counts the open connections of one pass.
    _live: Rc<()>,
}

impl Connection {
    /// Connects, greets, encrypts and signs in, as `target` asks for.
    ///
    /// # Errors
    /// The trouble as a sentence; no message is at fault.
    pub async fn open(
        target: &SmtpTarget,
        patience: Patience,
        live: &Rc<()>,
    ) -> Result<Self, String> {
        let host = target.host.trim_matches(['[', ']']);
        let socket = timeout(patience.connect, TcpStream::connect((host, target.port)))
            .await
            .map_err(|_| "no connection in time".to_owned())?
            .map_err(|error| error.to_string())?;
        socket
            .set_nodelay(true)
            .map_err(|error| error.to_string())?;
        let (inner, skills) = timeout(patience.command, greeting::greet(target, socket))
            .await
            .map_err(|_| "no greeting in time".to_owned())?
            .map_err(|error| describe(&error))?;
        Ok(Self {
            inner,
            skills,
            patience,
            opened: Instant::now(),
            messages: 0,
            messages_max: target.messages,
            unclean: false,
            _live: Rc::clone(live),
        })
    }

    /// Whether the connection served long enough.
    pub fn is_worn(&self) -> bool {
        self.messages >= self.messages_max || self.opened.elapsed() >= AGE_MAX
    }

    /// Whether no message was offered yet.
    pub fn is_fresh(&self) -> bool {
        self.messages == 0
    }

    /// Offers a message up to the point where its content may follow. Until then nothing was accepted.
    /// `envelope_id` comes back in reports about its fate.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub async fn offer(&mut self, mime: &Mime, envelope_id: &str) -> Result<(), NotTaken> {
        self.messages += 1;
        let mail = self.mail_command(mime, envelope_id)?;
        let rcpt = self.rcpt_command(mime);
        let unclean = std::mem::take(&mut self.unclean);
        if self.skills.pipelining {
            let reset = if unclean { "RSET\r\n" } else { "" };
            self.offer_at_once(reset, &mail.to_string(), &rcpt.to_string())
                .await
        } else {
            if unclean {
                let reset = expect(250, self.patience.command, self.inner.command(Rset)).await;
                reset.map_err(|trouble| NotTaken::Broken(Stage::Mail, trouble.into_text()))?;
            }
            self.offer_step_by_step(mail, rcpt).await
        }
    }

    async fn offer_step_by_step(&mut self, mail: Mail, rcpt: Rcpt) -> Result<(), NotTaken> {
        let command = self.patience.command;
        let answer = expect(250, command, self.inner.command(mail)).await;
        answer.map_err(of_sender)?;
        let answer = expect(250, command, self.inner.command(rcpt)).await;
        answer.map_err(|trouble| self.of_recipient(Stage::Rcpt, trouble))?;
        let answer = expect(354, self.patience.data, self.inner.command(Data)).await;
        answer.map_err(|trouble| self.of_recipient(Stage::Data, trouble))
    }

    /// The whole envelope in one write; the answers are read one by one, all of them, to stay in step.
    async fn offer_at_once(&mut self, reset: &str, mail: &str, rcpt: &str) -> Result<(), NotTaken> {
        let command = self.patience.command;
        let envelope = format!("{reset}{mail}{rcpt}DATA\r\n");
        let first = expect(250, command, self.inner.command(envelope)).await;
        let mail = if reset.is_empty() {
            first
        } else {
            first.map_err(|trouble| NotTaken::Broken(Stage::Mail, trouble.into_text()))?;
            expect(250, command, self.inner.read_response()).await
        };
        if let Err(trouble) = mail {
            let refused = of_sender(trouble);
            if !matches!(refused, NotTaken::Broken(..)) {
                self.skip_answers(2).await;
            }
            return Err(refused);
        }
        let rcpt = expect(250, command, self.inner.read_response()).await;
        if let Err(trouble) = rcpt {
            let refused = self.of_recipient(Stage::Rcpt, trouble);
            if !matches!(refused, NotTaken::Broken(..)) {
                self.skip_answers(1).await;
            }
            return Err(refused);
        }
        let data = expect(354, self.patience.data, self.inner.read_response()).await;
        data.map_err(|trouble| self.of_recipient(Stage::Data, trouble))
    }

    /// Reads answers that no longer matter. One that asks for content after all gets none.
    async fn skip_answers(&mut self, count: usize) {
        for _ in 0..count {
            let answer = timeout(self.patience.data, self.inner.read_response()).await;
            if matches!(answer, Ok(Ok(response)) if response.has_code(354)) {
                let _ = timeout(self.patience.data, self.inner.command(".\r\n")).await;
            }
        }
    }

    fn mail_command(&self, mime: &Mime, envelope_id: &str) -> Result<Mail, NotTaken> {
        let mut parameters = Vec::new();
        let server = self.inner.server_info();
        if !is_ascii(&mime.from) || !is_ascii(&mime.to) {
            if !server.supports_feature(Extension::SmtpUtfEight) {
                return Err(NotTaken::Unsupported(
                    "the mail server takes no addresses with letters beyond ASCII",
                ));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !mime.bytes.is_ascii() {
            if !server.supports_feature(Extension::EightBitMime) {
                return Err(NotTaken::Unsupported(
                    "the mail server takes no letters beyond ASCII",
                ));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        if self.skills.dsn {
            parameters.push(other_of_mail("RET", "HDRS"));
            parameters.push(other_of_mail("ENVID", envelope_id));
        }
        Ok(Mail::new(Some(mime.from.clone()), parameters))
    }

    fn rcpt_command(&self, mime: &Mime) -> Rcpt {
        let mut parameters = Vec::new();
        if self.skills.dsn && is_ascii(&mime.to) {
            parameters.push(other_of_rcpt("NOTIFY", "FAILURE,DELAY"));
            parameters.push(other_of_rcpt("ORCPT", &format!("rfc822;{}", mime.to)));
        }
        Rcpt::new(mime.to.clone(), parameters)
    }

    /// Sends the content and the final dot. Only `Ok` means sent; [`Trouble::Broken`] leaves it open.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn deliver(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let limit = self.patience.answer;
        match std::str::from_utf8(bytes) {
            // Content and dot in one write.
            Ok(text) => expect(250, limit, self.inner.command(stuffed(text))).await,
            Err(_) => expect(250, limit, self.inner.message(bytes)).await,
        }
    }

    fn of_recipient(&mut self, stage: Stage, trouble: Trouble) -> NotTaken {
        match trouble {
            Trouble::Refused(reply) => {
                self.unclean = true;
                NotTaken::Recipient(stage, reply)
            }
            Trouble::Broken(reason) => NotTaken::Broken(stage, reason),
        }
    }

    /// Says goodbye; its answer does not matter.
    pub async fn quit(mut self) {
        let _ = timeout(QUIT_LIMIT, self.inner.quit()).await;
    }
}

/// An answer to our own address: what is refused for good would be refused for every message.
fn of_sender(trouble: Trouble) -> NotTaken {
    match trouble {
        Trouble::Refused(reply) if reply.code == 421 || reply.code >= 500 => {
            NotTaken::Sender(reply)
        }
        Trouble::Refused(reply) => NotTaken::Recipient(Stage::Mail, reply),
        Trouble::Broken(reason) => NotTaken::Broken(Stage::Mail, reason),
    }
}

fn other_of_mail(keyword: &str, value: &str) -> MailParameter {
    MailParameter::Other {
        keyword: keyword.to_owned(),
        value: Some(value.to_owned()),
    }
}

fn other_of_rcpt(keyword: &str, value: &str) -> RcptParameter {
    RcptParameter::Other {
        keyword: keyword.to_owned(),
        value: Some(value.to_owned()),
    }
}

/// Content as it goes over the wire: a dot before each leading dot, and the final dot (RFC 5321, 4.5.2).
fn stuffed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        if line.starts_with('.') {
            out.push('.');
        }
        out.push_str(line);
    }
    if !out.ends_with("\r\n") {
        out.push_str("\r\n");
    }
    out.push_str(".\r\n");
    out
}

impl Trouble {
    fn into_text(self) -> String {
        match self {
            Self::Refused(reply) => reply.text,
            Self::Broken(reason) => reason,
        }
    }
}

fn is_ascii(address: &Address) -> bool {
    AsRef::<str>::as_ref(address).is_ascii()
}

/// Waits for exactly one code: another positive one means that the conversation is out of step.
async fn expect(
    code: u16,
    limit: Duration,
    step: impl Future<Output = Result<Response, Error>>,
) -> Result<(), Trouble> {
    match timeout(limit, step).await {
        Err(_) => Err(Trouble::Broken("no answer in time".to_owned())),
        Ok(Ok(response)) if response.has_code(code) => Ok(()),
        Ok(Ok(response)) => Err(Trouble::Broken(format!(
            "the answer {} in place of {code}",
            response.code()
        ))),
        Ok(Err(error)) => Err(match error.status() {
            Some(status) => Trouble::Refused(Reply {
                code: status.into(),
                text: describe(&error),
            }),
            None => Trouble::Broken(describe(&error)),
        }),
    }
}

/// What the server said, or what went wrong, in at most [`REASON_CHARS`] printable characters.
fn describe(error: &Error) -> String {
    let text = match (error.status(), error.source()) {
        (Some(_), Some(said)) => said.to_string(),
        _ => error.to_string(),
    };
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(REASON_CHARS)
        .collect()
}
