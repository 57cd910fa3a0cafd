//! Plays the three answers: tones by WebAudio, and vibration where the tablet can.
//!
//! Which tone answers what is not decided here.

use app_ui::tones::{Note, Tone};
use leptos::prelude::{StoredValue, WithValue as _, *};
use wasm_bindgen::JsValue;
use web_sys::{AudioContext, AudioContextState, OscillatorType};

/// Shortest fade that does not click, in seconds.
const FADE_S: f64 = 0.008;

/// The page's loudspeaker; opened at the first tone, because browsers want a gesture before.
#[derive(Clone, Copy)]
pub struct Speaker(StoredValue<Option<AudioContext>, LocalStorage>);

impl Speaker {
    /// A speaker that is not opened yet.
    pub fn new() -> Self {
        Self(StoredValue::new_local(None))
    }

    /// Plays a tone at a volume of 0 to 3, and vibrates. A browser without sound stays silent: the
    /// edge of the screen says the same.
    pub fn play(self, tone: Tone, volume: u8, vibrate: bool) {
        if vibrate {
            shake(tone);
        }
        if volume == 0 {
            return;
        }
        if self.0.with_value(Option::is_none) {
            self.0.set_value(AudioContext::new().ok());
        }
        self.0.with_value(|context| {
            let Some(context) = context else { return };
            if context.state() == AudioContextState::Suspended {
                // Resolves by itself; the next tone sounds at the latest.
                drop(context.resume());
            }
            for note in tone.notes() {
                // One note less is no reason to stop.
                let _ = sound(context, *note, gain(volume));
            }
        });
    }
}

const fn gain(volume: u8) -> f32 {
    match volume {
        1 => 0.08,
        2 => 0.25,
        _ => 0.7,
    }
}

fn sound(context: &AudioContext, note: Note, gain: f32) -> Result<(), JsValue> {
    let (oscillator, volume) = (context.create_oscillator()?, context.create_gain()?);
    let from = context.current_time() + f64::from(note.at_ms) / 1000.0;
    let to = from + f64::from(note.length_ms) / 1000.0;
    oscillator.set_type(OscillatorType::Triangle);
    oscillator.frequency().set_value_at_time(f32::from(note.from_hz), from)?;
    oscillator.frequency().linear_ramp_to_value_at_time(f32::from(note.to_hz), to)?;
    volume.gain().set_value_at_time(0.0, from)?;
    volume.gain().linear_ramp_to_value_at_time(gain, from + FADE_S)?;
    volume.gain().set_value_at_time(gain, to - FADE_S)?;
    volume.gain().linear_ramp_to_value_at_time(0.0, to)?;
    oscillator.connect_with_audio_node(&volume)?;
    volume.connect_with_audio_node(&context.destination())?;
    oscillator.start_with_when(from)?;
    oscillator.stop_with_when(to)
}

fn shake(tone: Tone) {
    let pattern: js_sys::Array = tone.vibration().iter().map(|ms| JsValue::from(*ms)).collect();
    let navigator = window().navigator();
    // Browsers without vibration lack the function.
    let can = js_sys::Reflect::has(&navigator, &"vibrate".into()).unwrap_or(false);
    if can {
        navigator.vibrate_with_pattern(&pattern);
    }
}
