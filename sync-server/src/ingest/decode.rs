//! Unpacks a byte stream: plain, gzip of several members, or zstd of several frames, within limits.
//!
//! What goes wrong is an [`std::io::Error`] that carries a [`Why`]; [`why`] takes it out again.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::{limits::Limits, stopped::Why};

/// Memory of a zstd window, as a power of two: what `zstd --ultra` writes without `--long`.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// How an input is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Packing {
    /// By its first bytes.
    #[default]
    Detect,
    /// Not at all.
    Plain,
    /// gzip, of one or more members.
    Gzip,
    /// zstd, of one or more frames.
    Zstd,
}

impl Packing {
    /// From the content encoding of a request; `None` when it is another.
    #[must_use]
    pub fn of_content_encoding(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Some(Self::Plain),
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Whether these bytes, which are all, are as long as they look.
    #[must_use]
    pub fn is_plain(self, bytes: &[u8]) -> bool {
        let packing =
            if self == Self::Detect { detect(&bytes[..bytes.len().min(4)]) } else { self };
        packing == Self::Plain
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
            Self::Detect | Self::Plain => "plain bytes",
        }
    }
}

/// Counts the packed bytes that were taken.
struct Counted<R> {
    inner: R,
    taken: u64,
    /// Whether the source itself failed, and not what it holds.
    failed: bool,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(to);
        match &read {
            Ok(count) => self.taken += *count as u64,
            Err(error) => self.failed |= error.kind() != io::ErrorKind::Interrupted,
        }
        read
    }
}

type Source<R> = BufReader<io::Chain<io::Cursor<Vec<u8>>, Counted<R>>>;

enum Inner<R: Read> {
    Plain(Source<R>),
    Gzip(MultiGzDecoder<Source<R>>),
    Zstd(zstd::Decoder<'static, Source<R>>),
}

/// The unpacked bytes of an input.
pub struct Unpacked<R: Read> {
    inner: Inner<R>,
    packing: Packing,
    limits: Limits,
    head: u64,
    given: u64,
    failed: bool,
}

impl<R: Read> Unpacked<R> {
    /// Starts to unpack; reads the first bytes when the packing is to be detected.
    ///
    /// # Errors
    /// [`Why`] when not even the first bytes can be read.
    pub fn new(source: R, packing: Packing, limits: Limits) -> Result<Self, Why> {
        let mut counted = Counted { inner: source, taken: 0, failed: false };
        let mut head = Vec::new();
        let magic = (&mut counted).take(4).read_to_end(&mut head);
        magic.map_err(|error| why(&error, packing))?;
        let packing = match packing {
            Packing::Detect => detect(&head),
            other => other,
        };
        let taken = head.len() as u64;
        counted.taken = 0;
        let source =
            BufReader::with_capacity(limits.chunk_bytes, io::Cursor::new(head).chain(counted));
        let inner = match packing {
            Packing::Gzip => Inner::Gzip(MultiGzDecoder::new(source)),
            Packing::Zstd => Inner::Zstd(zstd_decoder(source)?),
            Packing::Plain | Packing::Detect => Inner::Plain(source),
        };
        Ok(Self { inner, packing, limits, head: taken, given: 0, failed: false })
    }

    /// Packed bytes taken from the source so far, for a progress display.
    pub fn packed_bytes(&self) -> u64 {
        self.head + self.counted().taken
    }

    fn counted(&self) -> &Counted<R> {
        let source = match &self.inner {
            Inner::Plain(source) => source,
            Inner::Gzip(decoder) => decoder.get_ref(),
            Inner::Zstd(decoder) => decoder.get_ref(),
        };
        source.get_ref().get_ref().1
    }

    fn check(&self) -> Result<(), Why> {
        let max = self.limits.inflated_bytes_max;
        if self.given > max {
            return Err(Why::TooLarge { max });
        }
        let max = self.limits.ratio_max;
        let packed = !matches!(self.inner, Inner::Plain(_));
        let bound = self.packed_bytes().saturating_mul(max).max(self.limits.ratio_from_bytes);
        if packed && self.given > bound { Err(Why::Bomb { max }) } else { Ok(()) }
    }

    /// An unpacker that meets the end of its source in the middle of a member says so.
    fn read_inner(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Plain(source) => source.read(to),
            Inner::Gzip(decoder) => {
                let count = decoder.read(to)?;
                if count == 0 && !to.is_empty() && self.given == 0 && self.head == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(count)
            }
            Inner::Zstd(decoder) => decoder.read(to),
        }
    }
}

fn detect(head: &[u8]) -> Packing {
    match head {
        [0x1f, 0x8b, ..] => Packing::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] => Packing::Zstd,
        _ => Packing::Plain,
    }
}

fn zstd_decoder<B: BufRead>(source: B) -> Result<zstd::Decoder<'static, B>, Why> {
    let mut decoder =
        zstd::Decoder::with_buffer(source).map_err(|error| why(&error, Packing::Zstd))?;
    let limited = decoder.window_log_max(ZSTD_WINDOW_LOG_MAX);
    limited.map_err(|error| why(&error, Packing::Zstd))?;
    Ok(decoder)
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            return Err(io::Error::other("already failed"));
        }
        let read = self.read_inner(to);
        let count = match read {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                self.failed = true;
                let of = if self.counted().failed { Packing::Plain } else { self.packing };
                return Err(io::Error::other(why(&error, of)));
            }
            Ok(count) => count,
        };
        self.given += count as u64;
        if let Err(bomb) = self.check() {
            self.failed = true;
            return Err(io::Error::other(bomb));
        }
        Ok(count)
    }
}

/// What an error of a reader means.
#[must_use]
pub fn why(error: &io::Error, packing: Packing) -> Why {
    let carried = error.get_ref().and_then(|inner| inner.downcast_ref::<Why>());
    if let Some(why) = carried {
        return why.clone();
    }
    match (error.kind(), packing) {
        (io::ErrorKind::UnexpectedEof, _) => Why::Truncated,
        (io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput, Packing::Gzip) => {
            Why::Corrupt(packing.word())
        }
        (io::ErrorKind::Other, Packing::Zstd) => Why::Corrupt(packing.word()),
        _ => Why::Io(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        to.write_all(bytes).expect("memory");
        to.finish().expect("memory")
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 1).expect("memory")
    }

    fn unpack(bytes: &[u8], packing: Packing, limits: Limits) -> (Vec<u8>, Result<(), Why>) {
        let mut unpacked = match Unpacked::new(bytes, packing, limits) {
            Ok(unpacked) => unpacked,
            Err(why) => return (Vec::new(), Err(why)),
        };
        let mut out = Vec::new();
        let read = unpacked.read_to_end(&mut out).map_err(|error| why(&error, packing));
        (out, read.map(drop))
    }

    #[test]
    fn members_and_frames_follow_one_another() {
        let limits = Limits::default();
        for (packing, pack) in
            [(Packing::Gzip, gzip as fn(&[u8]) -> Vec<u8>), (Packing::Zstd, zstd)]
        {
            let packed = [pack(b"one\n"), pack(b""), pack(b"two\n")].concat();
            for packing in [packing, Packing::Detect] {
                assert_eq!(unpack(&packed, packing, limits), (b"one\ntwo\n".to_vec(), Ok(())));
            }
        }
        let plain = unpack(b"abc", Packing::Detect, limits);
        assert_eq!(plain, (b"abc".to_vec(), Ok(())));
    }

    #[test]
    fn a_stream_that_breaks_off_says_so() {
        let text: Vec<u8> =
            (0..200_000_u32).flat_map(|n| n.wrapping_mul(97).to_le_bytes()).collect();
        for packed in [gzip(&text), zstd(&text)] {
            let packing = detect(&packed[..4]);
            for keep in [4, 9, packed.len() / 2, packed.len() - 1] {
                let (out, ended) = unpack(&packed[..keep], packing, Limits::default());
                assert_eq!(ended, Err(Why::Truncated), "{packing:?} {keep}");
                assert!(text.starts_with(&out));
            }
            let mut broken = packed.clone();
            for byte in &mut broken[9..49] {
                *byte ^= 0x55;
            }
            let (_, ended) = unpack(&broken, packing, Limits::default());
            assert!(matches!(ended, Err(Why::Corrupt(_))), "{packing:?} {ended:?}");
        }
        assert!(unpack(b"sku,qty", Packing::Gzip, Limits::default()).1.is_err());
        assert!(unpack(b"", Packing::Gzip, Limits::default()).1.is_err());
    }

    #[test]
    fn bombs_are_met_by_both_limits() {
        let limits = Limits { ratio_from_bytes: 1 << 20, ..Limits::default() };
        let zeros = vec![b'0'; 8 << 20];
        for packed in [gzip(&zeros), zstd(&zeros)] {
            let (out, ended) = unpack(&packed, Packing::Detect, limits);
            assert_eq!(ended, Err(Why::Bomb { max: limits.ratio_max }));
            assert!(out.len() < zeros.len());
            let limits = Limits { inflated_bytes_max: 1 << 20, ..Limits::default() };
            let (_, ended) = unpack(&packed, Packing::Detect, limits);
            assert_eq!(ended, Err(Why::TooLarge { max: 1 << 20 }));
        }
    }

    #[test]
    fn a_source_that_fails_is_not_corrupt() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the connection broke"))
            }
        }
        let packed = zstd(b"abc");
        let source = packed[..8].chain(Fails);
        let mut unpacked = Unpacked::new(source, Packing::Zstd, Limits::default()).expect("a head");
        let error = unpacked.read_to_end(&mut Vec::new()).expect_err("fails");
        assert_eq!(why(&error, Packing::Zstd), Why::Io("the connection broke".to_owned()));
    }
}
