//! What a use case may reach: the database, keys, ids, randomness, settings, and the registry of the slices.

use std::any::Any;
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use url::Url;

use crate::platform::clock::Clock;
use crate::platform::config::Settings;
use crate::platform::db::Db;
use crate::platform::ids::Ids;
use crate::platform::keys::Keys;
use crate::platform::random::Random;
use crate::platform::registry::Registry;

/// The parts of a running service. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Parts>);

/// See [`Ctx`].
pub struct Parts {
    pub db: Db,
    pub keys: Keys,
    pub ids: Ids,
    pub random: Random,
    pub clock: Clock,
    pub settings: Settings,
    pub registry: Registry,
    /// Whether the service was started with `--sandbox`.
    pub sandbox: bool,
    public_url: OnceLock<Url>,
    /// Set when the process was asked to stop: readiness turns away new work.
    pub stopping: AtomicBool,
    shared: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    /// One pass of the worker at a time in this process.
    pub worker_turn: tokio::sync::Mutex<()>,
}

impl std::ops::Deref for Ctx {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Ctx {
    /// Joins the parts. The public URL may be told later, when the listener knows its port.
    pub fn new(
        db: Db,
        keys: Keys,
        random: Random,
        settings: Settings,
        registry: Registry,
        sandbox: bool,
    ) -> Self {
        let public_url = OnceLock::new();
        if let Some(url) = settings.public_url.clone() {
            // A fresh lock takes its first value.
            let _ = public_url.set(url);
        }
        Self(Arc::new(Parts {
            db,
            keys,
            ids: Ids,
            random,
            clock: Clock,
            settings,
            registry,
            sandbox,
            public_url,
            stopping: AtomicBool::new(false),
            shared: Mutex::new(HashMap::new()),
            worker_turn: tokio::sync::Mutex::new(()),
        }))
    }

    /// Tells the bound address where no public URL was set. The first call counts.
    pub fn bound(&self, address: std::net::SocketAddr) {
        if let Ok(url) = Url::parse(&format!("http://{address}")) {
            self.0.public_url.get_or_init(|| url);
        }
    }

    /// Base of every link, without a slash at its end.
    pub fn public_url(&self) -> String {
        let url = self.0.public_url.get_or_init(|| {
            Url::parse(&format!("http://{}", self.0.settings.listen))
                .expect("a socket address makes a URL")
        });
        url.as_str().trim_end_matches('/').to_owned()
    }

    /// What a slice keeps in memory for this process, made on first use.
    pub fn shared<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        // A poisoned lock only means that another slice panicked; the map itself is whole.
        let mut shared = self.0.shared.lock().unwrap_or_else(|e| e.into_inner());
        let slot = shared
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::new(T::default()));
        Arc::clone(slot)
            .downcast()
            .expect("a slot holds the type that it is named by")
    }
}
