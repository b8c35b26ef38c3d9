//! Requests whose member `kind` says which of several shapes they have.
//!
//! Serde's tagged enums take `kind` out before the inner struct sees it, which makes a schema that
//! nothing fits: the inner object forbids further members, and the tag is one. Here every shape
//! owns its `kind`, the schema is a plain choice, and errors name the member at fault.

/// Declares an enum over structs that each have a `kind` member of one word.
#[macro_export]
macro_rules! by_kind {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$vmeta:meta])* $variant:ident($shape:ty) = $word:literal),+ $(,)?
    }) => {
        #[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
        $(#[$meta])*
        #[serde(untagged)]
        $vis enum $name {
            $($(#[$vmeta])* $variant($shape)),+
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let body = serde_json::Map::deserialize(deserializer)?;
                let kind = body.get("kind").and_then(serde_json::Value::as_str);
                match kind {
                    $(Some($word) => serde_json::from_value(serde_json::Value::Object(body))
                        .map(Self::$variant)
                        .map_err(serde::de::Error::custom),)+
                    _ => Err(serde::de::Error::custom(concat!(
                        "`kind` must be one of:" $(, " ", $word)+
                    ))),
                }
            }
        }
    };
}
