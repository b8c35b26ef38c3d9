//! The beginning of a conversation: greeting, encryption, signing in, and what the server can do.

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::client::TlsParameters;
use lettre::transport::smtp::commands::Ehlo;
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;

use super::wrapped;
use crate::platform::config::SmtpTarget;
use crate::platform::config::Tls;

/// What a server can do beyond the basics.
#[derive(Debug, Default, Clone, Copy)]
pub struct Skills {
    /// Several commands in one write (RFC 2920).
    pub pipelining: bool,
    /// Reports about the fate of a message (RFC 3461).
    pub dsn: bool,
}

/// Greets, encrypts and signs in, as `target` asks for.
///
/// # Errors
/// The library's.
pub async fn greet(
    target: &SmtpTarget,
    socket: TcpStream,
) -> Result<(AsyncSmtpConnection, Skills), Error> {
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
    // The library keeps to itself what else the server said; asking again costs one round trip.
    let said = connection.command(Ehlo::new(hello)).await?;
    let has = |word: &str| {
        said.message().any(|line| {
            line.split(' ')
                .next()
                .is_some_and(|w| w.eq_ignore_ascii_case(word))
        })
    };
    let skills = Skills {
        pipelining: has("PIPELINING"),
        dsn: has("DSN"),
    };
    Ok((connection, skills))
}
