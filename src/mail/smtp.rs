//! One conversation with a mail server, over a socket of ours.
//!
//! The mail library's own transport is not used: its socket stalls 40 ms per message without
//! `TCP_NODELAY`, its timeout does not cover the conversation, and its pool reuses a connection that
//! fell out of step, which once reported a refused message as sent. A connection here belongs to one
//! sender and is dropped on any timeout or surprise; only 250 after the final dot means sent.

pub mod wrapped;

use std::error::Error as _;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::client::TlsParameters;
use lettre::transport::smtp::commands::Data;
use lettre::transport::smtp::commands::Mail;
use lettre::transport::smtp::commands::Rcpt;
use lettre::transport::smtp::commands::Rset;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::extension::Extension;
use lettre::transport::smtp::extension::MailParameter;
use lettre::transport::smtp::response::Response;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio::time::timeout;

use crate::mail::message::Mime;
use crate::platform::config::SmtpTarget;
use crate::platform::config::Tls;

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

/// Messages after which a connection is renewed: many servers hang up at their own limit.
const MESSAGES_MAX: u32 = 100;
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
    /// Refused because of our sender address: every message would be.
    Sender(Reply),
    /// Refused because of the recipient, or of the moment.
    Recipient(Reply),
    /// The server cannot take such an address.
    Unsupported(&'static str),
    /// As [`Trouble::Broken`].
    Broken(String),
}

/// An open connection. Drop it to hang up.
pub struct Connection {
    inner: AsyncSmtpConnection,
    patience: Patience,
    opened: Instant,
    messages: u32,
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
        let inner = timeout(patience.command, greet(target, socket))
            .await
            .map_err(|_| "no greeting in time".to_owned())?
            .map_err(|error| describe(&error))?;
        Ok(Self {
            inner,
            patience,
            opened: Instant::now(),
            messages: 0,
            _live: Rc::clone(live),
        })
    }

    /// Whether the connection served long enough.
    pub fn is_worn(&self) -> bool {
        self.messages >= MESSAGES_MAX || self.opened.elapsed() >= AGE_MAX
    }

    /// Whether no message was offered yet.
    pub fn is_fresh(&self) -> bool {
        self.messages == 0
    }

    /// Offers a message up to the point where its content may follow. Until then nothing was accepted.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub async fn offer(&mut self, mime: &Mime) -> Result<(), NotTaken> {
        self.messages += 1;
        let mut parameters = Vec::new();
        if !is_ascii(&mime.from) || !is_ascii(&mime.to) {
            if !self
                .inner
                .server_info()
                .supports_feature(Extension::SmtpUtfEight)
            {
                return Err(NotTaken::Unsupported(
                    "the mail server takes no addresses with letters beyond ASCII",
                ));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let command = self.patience.command;
        let mail = Mail::new(Some(mime.from.clone()), parameters);
        expect(250, command, self.inner.command(mail))
            .await
            .map_err(|trouble| match trouble {
                Trouble::Refused(reply) if reply.code == 421 || reply.code >= 500 => {
                    NotTaken::Sender(reply)
                }
                other => other.into(),
            })?;
        expect(
            250,
            command,
            self.inner.command(Rcpt::new(mime.to.clone(), Vec::new())),
        )
        .await?;
        expect(354, self.patience.data, self.inner.command(Data)).await?;
        Ok(())
    }

    /// Sends the content and the final dot. Only `Ok` means sent; [`Trouble::Broken`] leaves it open.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn deliver(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        expect(250, self.patience.answer, self.inner.message(bytes)).await
    }

    /// Takes back a refused envelope, so that the next message may follow on this connection.
    pub async fn reset(&mut self) -> bool {
        expect(250, self.patience.command, self.inner.command(Rset))
            .await
            .is_ok()
    }

    /// Says goodbye; its answer does not matter.
    pub async fn quit(mut self) {
        let _ = timeout(QUIT_LIMIT, self.inner.quit()).await;
    }
}

impl From<Trouble> for NotTaken {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(reply) => Self::Recipient(reply),
            Trouble::Broken(reason) => Self::Broken(reason),
        }
    }
}

fn is_ascii(address: &Address) -> bool {
    AsRef::<str>::as_ref(address).is_ascii()
}

async fn greet(target: &SmtpTarget, socket: TcpStream) -> Result<AsyncSmtpConnection, Error> {
    let hello = ClientId::default();
    let host = target.host.trim_matches(['[', ']']).to_owned();
    let mut connection = match target.tls {
        Tls::Wrapped => {
            let stream = wrapped::wrap(socket, TlsParameters::new(host)?).await?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await?
        }
        Tls::Required => {
            let mut plain =
                AsyncSmtpConnection::connect_with_transport(Box::new(socket), &hello).await?;
            plain.starttls(TlsParameters::new(host)?, &hello).await?;
            plain
        }
        Tls::Opportunistic => {
            let mut plain =
                AsyncSmtpConnection::connect_with_transport(Box::new(socket), &hello).await?;
            if plain.can_starttls() {
                // Loopback only, and plain text is the alternative: a self-made certificate is no loss.
                let parameters = TlsParameters::builder(host)
                    .dangerous_accept_invalid_certs(true)
                    .build()?;
                plain.starttls(parameters, &hello).await?;
            }
            plain
        }
        Tls::None => AsyncSmtpConnection::connect_with_transport(Box::new(socket), &hello).await?,
    };
    if let Some((user, password)) = &target.login {
        let credentials = Credentials::new(user.clone(), password.0.clone());
        connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
    }
    Ok(connection)
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
