//! JSON as we accept it: no duplicate members, at most 32 levels, no NUL, whole numbers exact.

use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::DeserializeSeed;
use serde::de::Error;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::Map;
use serde_json::Number;
use serde_json::Value;

const DEEPEST: usize = 32;
/// Whole floats such as `1.0` are integers up to here: 2^53 - 1.
const WHOLE: f64 = 9_007_199_254_740_991.0;

/// Reads a whole document.
pub fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Level(DEEPEST).deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// How many levels may still open.
#[derive(Clone, Copy)]
struct Level(usize);

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Level {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        self.0
            .checked_sub(1)
            .map(Self)
            .ok_or_else(|| E::custom("more than 32 levels"))
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        if value.fract() == 0.0 && value.abs() <= WHOLE {
            // Exact: the value is whole and within the integers that a float holds.
            return Ok((value as i64).into());
        }
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number beyond range"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        if value.contains('\0') {
            return Err(E::custom("a NUL character"));
        }
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let level = self.deeper()?;
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(level)? {
            out.push(item);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let level = self.deeper()?;
        let mut out = Map::new();
        while let Some(Key(key)) = members.next_key()? {
            let value = members.next_value_seed(level)?;
            if out.insert(key.clone(), value).is_some() {
                return Err(A::Error::custom(format!("the member '{key}' stands twice")));
            }
        }
        Ok(Value::Object(out))
    }
}

struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        if key.contains('\0') {
            return Err(D::Error::custom("a NUL character"));
        }
        Ok(Self(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_floats_are_integers_and_odd_json_is_refused() {
        assert_eq!(parse(br#"{"a": 1.0}"#).expect("fine")["a"], 1);
        assert_eq!(
            parse(b"9007199254740991.0").expect("fine"),
            9_007_199_254_740_991_i64
        );
        for bad in [
            r#"{"a":1,"a":2}"#.to_owned(),
            "[".repeat(33) + &"]".repeat(33),
            r#""a\u0000b""#.to_owned(),
            "{} {}".to_owned(),
            String::new(),
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
