/** The words that the gateway itself puts before people; everything else is the sender's. */
export interface Words {
  /** The label of the button that shares one's place. */
  sendLocation: string;
  /** What to do where there can be no such button. */
  locationHint: string;
}

const english: Words = {
  sendLocation: "Send location",
  locationHint: "To answer, attach your location to a message: 📎 → Location.",
};

const byLanguage: Record<string, Words> = {
  en: english,
  pt: {
    sendLocation: "Enviar localização",
    locationHint: "Para responder, anexe a sua localização a uma mensagem: 📎 → Localização.",
  },
  es: {
    sendLocation: "Enviar ubicación",
    locationHint: "Para responder, adjunta tu ubicación a un mensaje: 📎 → Ubicación.",
  },
  ar: {
    sendLocation: "إرسال الموقع",
    locationHint: "للرد، أرفق موقعك برسالة: 📎 ← الموقع.",
  },
  hi: {
    sendLocation: "स्थान भेजें",
    locationHint: "जवाब देने के लिए, संदेश के साथ अपना स्थान भेजें: 📎 → स्थान।",
  },
  id: {
    sendLocation: "Kirim lokasi",
    locationHint: "Untuk menjawab, lampirkan lokasi Anda pada pesan: 📎 → Lokasi.",
  },
};

/** The gateway's words in a language (ISO 639-1, a region may follow), in English where it has none. */
export function words(language?: string): Words {
  const code = (language ?? "").slice(0, 2).toLowerCase();
  return Object.hasOwn(byLanguage, code) ? byLanguage[code]! : english;
}
