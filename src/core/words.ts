import type { Language } from "./message.ts";

/** The words that the gateway itself puts before people; everything else is the sender's. */
export interface Words {
  /** The label of the button that shares one's place. */
  sendLocation: string;
  /** What to do where there can be no such button. */
  locationHint: string;
  /** The label of the button on a list's row that is drawn as a card. */
  select: string;
  /** The same in other words, where the first would read like the list's own label. */
  choose: string;
  /** What to do where nobody can share a place by tapping. */
  locationPrompt: string;
}

const english: Words = {
  sendLocation: "Send location",
  locationHint: "To answer, attach your location to a message: 📎 → Location.",
  select: "Select",
  choose: "Choose",
  locationPrompt: "To answer, type your address or send a map link.",
};

const byLanguage: Record<Language, Words> = {
  en: english,
  pt: {
    sendLocation: "Enviar localização",
    locationHint: "Para responder, anexe a sua localização a uma mensagem: 📎 → Localização.",
    select: "Selecionar",
    choose: "Escolher",
    locationPrompt: "Para responder, escreva o seu endereço ou envie um link do mapa.",
  },
  es: {
    sendLocation: "Enviar ubicación",
    locationHint: "Para responder, adjunta tu ubicación a un mensaje: 📎 → Ubicación.",
    select: "Seleccionar",
    choose: "Elegir",
    locationPrompt: "Para responder, escribe tu dirección o envía un enlace del mapa.",
  },
  ar: {
    sendLocation: "إرسال الموقع",
    locationHint: "للرد، أرفق موقعك برسالة: 📎 ← الموقع.",
    select: "اختيار",
    choose: "تحديد",
    locationPrompt: "للرد، اكتب عنوانك أو أرسل رابط الموقع على الخريطة.",
  },
  hi: {
    sendLocation: "स्थान भेजें",
    locationHint: "जवाब देने के लिए, संदेश के साथ अपना स्थान भेजें: 📎 → स्थान।",
    select: "चुनें",
    choose: "यह चुनें",
    locationPrompt: "जवाब देने के लिए, अपना पता लिखें या मैप का लिंक भेजें।",
  },
  id: {
    sendLocation: "Kirim lokasi",
    locationHint: "Untuk menjawab, lampirkan lokasi Anda pada pesan: 📎 → Lokasi.",
    select: "Pilih",
    choose: "Pilih ini",
    locationPrompt: "Untuk menjawab, ketik alamat Anda atau kirim tautan peta.",
  },
};

/** The gateway's words in a language (ISO 639-1, a region may follow), in English where it has none. */
export function words(language?: string): Words {
  const [code = ""] = (language ?? "").toLowerCase().split(/[-_]/);
  return Object.hasOwn(byLanguage, code) ? byLanguage[code as Language] : english;
}
