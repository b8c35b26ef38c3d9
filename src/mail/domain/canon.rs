//! Canonical forms of headers and bodies, `relaxed` (RFC 6376, 3.4): what mail servers may change on the way
//! does not change them.

/// One header, as its bytes stand in the message, without the line end.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    name: &'a [u8],
    value: &'a [u8],
}

impl Field<'_> {
    /// Whether it has a name, given in lower case.
    pub fn is(&self, name: &str) -> bool {
        self.name.trim_ascii().eq_ignore_ascii_case(name.as_bytes())
    }

    /// `name:value` in one line, without its end.
    pub fn relaxed(&self) -> Vec<u8> {
        let mut line = self.name.trim_ascii().to_ascii_lowercase();
        line.push(b':');
        line.extend(squeezed(self.value).trim_ascii());
        line
    }
}

/// The headers and the body, without the empty line between them.
pub fn split(message: &[u8]) -> (&[u8], &[u8]) {
    let at = message.windows(4).position(|four| four == b"\r\n\r\n");
    match at {
        Some(at) => (&message[..at + 2], &message[at + 4..]),
        None => (message, b""),
    }
}

/// The headers in their order; a line that begins with white space belongs to the one before.
pub fn fields(headers: &[u8]) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    let mut begin = 0;
    let mut at = 0;
    for line in headers.split_inclusive(|byte| *byte == b'\n') {
        if at > begin && !line.starts_with(b" ") && !line.starts_with(b"\t") {
            fields.extend(field(&headers[begin..at]));
            begin = at;
        }
        at += line.len();
    }
    fields.extend(field(&headers[begin..at]));
    fields
}

fn field(bytes: &[u8]) -> Option<Field<'_>> {
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    let (name, value) = bytes.split_at(colon);
    Some(Field {
        name,
        value: &value[1..],
    })
}

/// Line ends taken away, runs of blanks made one space.
fn squeezed(value: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(value.len());
    for byte in value {
        match byte {
            b'\r' | b'\n' => {}
            b' ' | b'\t' if out.last() == Some(&b' ') => {}
            b' ' | b'\t' => out.push(b' '),
            other => out.push(*other),
        }
    }
    out
}

/// The body: blanks at line ends and empty lines at its end taken away, runs of blanks made one space.
pub fn body(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut empty_lines = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let line = squeezed(line);
        let line = line.trim_ascii_end();
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut empty_lines) {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_hold() {
        let message = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (headers, rest) = split(message);
        let lines: Vec<Vec<u8>> = fields(headers).iter().map(Field::relaxed).collect();
        assert_eq!(lines, [b"a:X".to_vec(), b"b:Y Z".to_vec()]);
        assert_eq!(body(rest), b" C\r\nD E\r\n");
        assert_eq!(body(b""), b"");
        assert_eq!(body(b"\r\n\r\n"), b"");
        assert_eq!(body(b"x"), b"x\r\n");
    }
}
