//! A request's body as a reader, for a thread that may wait: piece by piece, never held whole.

use std::io::Read;

use axum::body::{Body, Bytes};
use futures_util::StreamExt;
use tokio::sync::mpsc;

/// Pieces that wait to be read.
const PIECES_MAX: usize = 16;

/// Why a body ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    /// It is over the limit.
    #[error("the body is over the limit")]
    TooLarge,
    /// The connection broke.
    #[error("the connection broke")]
    CutShort,
}

/// A piece, or why there is none.
pub(super) type Piece = Result<Bytes, Broken>;

/// The two ends of a body: give the sender to [`feed`], and read the other on another thread.
pub(super) fn pieces() -> (mpsc::Sender<Piece>, Pieces) {
    let (sender, pieces) = mpsc::channel(PIECES_MAX);
    (sender, Pieces { pieces, piece: Bytes::new() })
}

/// Hands a body over piece by piece, waiting while its reader is behind.
pub(super) async fn feed(body: Body, to: mpsc::Sender<Piece>, bytes_max: u64) {
    let mut body = body.into_data_stream();
    let mut bytes = 0;
    while let Some(piece) = body.next().await {
        let piece = match piece {
            Ok(piece) => {
                bytes += piece.len() as u64;
                if bytes > bytes_max { Err(Broken::TooLarge) } else { Ok(piece) }
            }
            Err(_) => Err(Broken::CutShort),
        };
        let last = piece.is_err();
        if to.send(piece).await.is_err() || last {
            return;
        }
    }
}

/// The reader's end.
pub(super) struct Pieces {
    pieces: mpsc::Receiver<Piece>,
    piece: Bytes,
}

impl Pieces {
    /// The next piece; `before_wait` runs when it has not come yet.
    fn next(&mut self, before_wait: &mut dyn FnMut()) -> Option<Piece> {
        match self.pieces.try_recv() {
            Ok(piece) => Some(piece),
            Err(mpsc::error::TryRecvError::Disconnected) => None,
            Err(mpsc::error::TryRecvError::Empty) => {
                before_wait();
                self.pieces.blocking_recv()
            }
        }
    }

    fn read_with(
        &mut self,
        to: &mut [u8],
        before_wait: &mut dyn FnMut(),
    ) -> std::io::Result<usize> {
        while self.piece.is_empty() {
            match self.next(before_wait) {
                None => return Ok(0),
                Some(Ok(piece)) => self.piece = piece,
                Some(Err(broken)) => return Err(std::io::Error::other(broken)),
            }
        }
        let count = to.len().min(self.piece.len());
        to[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}

impl Read for Pieces {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        self.read_with(to, &mut || {})
    }
}

/// Does something whenever nothing more has come yet: what came before need not wait for it.
pub(super) struct Eager<F> {
    /// The body.
    pub pieces: Pieces,
    /// What to do.
    pub before_wait: F,
}

impl<F: FnMut()> Read for Eager<F> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        self.pieces.read_with(to, &mut self.before_wait)
    }
}
