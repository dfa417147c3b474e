// Phrases by which an answer that looks whole is known for what it is. Data, by language:
// looked for in lower case, where a word begins, and whole enough to be no part of an ordinary answer:
// "I can't help but agree" is none.

type Phrases = Readonly<Record<string, readonly string[]>>;

/** In the first sentences of an answer: it will not do what was asked. */
export const REFUSALS: Phrases = {
  en: [
    "i can't help with", 'i cannot help with', "i can't help you with", 'i cannot help you with',
    "i can't assist", 'i cannot assist', "i can't comply", 'i cannot comply',
    "i can't fulfill", 'i cannot fulfill', "i can't do that", 'i cannot do that',
    "i can't provide that", 'i cannot provide that', "i can't support", 'i cannot support',
    "i can't engage", 'i cannot engage', "i can't discuss", 'i cannot discuss',
    "i can't create that", 'i cannot create that', "i can't generate that", 'i cannot generate that',
    "i can't share that", 'i cannot share that', "i won't be able to help", "i won't help with",
    "i'm unable to help", "i'm unable to assist", "i'm unable to comply", "i'm unable to fulfill",
    "i'm unable to provide that", "i'm not able to help", "i'm not able to assist",
    "i'm not able to comply", 'i am unable to help', 'i am unable to assist',
    'i am unable to comply', 'i am not able to help', 'i am not able to assist',
    'i must decline', 'i have to decline', 'i need to decline',
    "i'm sorry, but i can't", "i'm sorry, but i cannot", 'i am sorry, but i cannot',
    'as an ai language model, i cannot', "as an ai language model, i can't",
    "as an ai, i cannot", "as an ai, i can't", 'against my guidelines', 'violates my guidelines',
  ],
  de: [
    'dabei kann ich nicht helfen', 'dabei kann ich dir nicht helfen',
    'dabei kann ich ihnen nicht helfen', 'da kann ich leider nicht helfen',
    'ich kann dir dabei nicht helfen', 'ich kann ihnen dabei nicht helfen',
    'ich kann diese anfrage nicht', 'diese anfrage kann ich nicht', 'das kann ich leider nicht',
    'ich kann das leider nicht', 'ich darf das nicht', 'ich muss ablehnen',
    'es tut mir leid, aber ich kann', 'tut mir leid, aber dabei kann ich nicht',
  ],
  fr: [
    'je ne peux pas vous aider', "je ne peux pas t'aider", 'je ne peux pas répondre à cette demande',
    'je ne suis pas en mesure de vous aider', "je ne suis pas en mesure d'aider",
    'je suis désolé, mais je ne peux pas', 'désolé, je ne peux pas', 'je dois refuser',
  ],
  es: [
    'no puedo ayudarte con', 'no puedo ayudarle con', 'no puedo ayudar con', 'no puedo cumplir',
    'lo siento, pero no puedo', 'lo siento, no puedo', 'no me es posible ayudar', 'debo rechazar',
  ],
  it: [
    'non posso aiutarti con', 'non posso aiutarla con', 'non posso aiutare con',
    'mi dispiace, ma non posso', 'non sono in grado di aiutar', 'devo rifiutare',
  ],
  pt: [
    'não posso ajudar com', 'não posso te ajudar com', 'não posso ajudá-lo com',
    'desculpe, mas não posso', 'sinto muito, mas não posso', 'não consigo ajudar com',
  ],
  nl: [
    'ik kan je daar niet mee helpen', 'ik kan u daar niet mee helpen', 'daar kan ik niet mee helpen',
    'het spijt me, maar ik kan', 'sorry, maar ik kan',
  ],
  pl: ['nie mogę w tym pomóc', 'nie mogę ci w tym pomóc', 'przykro mi, ale nie mogę'],
  tr: ['bu konuda yardımcı olamam', 'üzgünüm, ancak', 'maalesef yardımcı olamam'],
  ru: [
    'я не могу помочь', 'я не могу с этим помочь', 'извините, но я не могу',
    'к сожалению, я не могу помочь', 'я не могу выполнить',
  ],
  ja: ['お手伝いできません', 'お手伝いすることはできません', '申し訳ありませんが、その', '対応できません', 'お答えできません'],
  zh: ['我无法帮助', '我不能帮助', '我无法提供帮助', '抱歉，我无法', '抱歉，我不能', '很抱歉，我无法', '無法協助您'],
  ko: ['도와드릴 수 없습니다', '도움을 드릴 수 없습니다', '죄송하지만 그', '답변할 수 없습니다'],
}; // prettier-ignore

/** At the very start of a short answer: what came is an error, not an answer. */
export const ERRORS: Phrases = {
  en: [
    'error:', 'exception:', 'traceback (most recent call last)', 'internal server error',
    'service unavailable', 'bad gateway', 'gateway timeout', 'too many requests',
    'rate limit exceeded', 'request timed out', 'an error occurred', 'an unexpected error occurred',
    'an internal error occurred', 'something went wrong', 'failed to generate',
    'upstream error', 'connection refused', 'undefined is not',
  ],
  de: ['fehler:', 'ein fehler ist aufgetreten', 'es ist ein fehler aufgetreten', 'zeitüberschreitung'],
  fr: ['erreur :', 'erreur:', "une erreur s'est produite", 'une erreur est survenue'],
  es: ['error :', 'se ha producido un error', 'ha ocurrido un error', 'ocurrió un error'],
  it: ['errore:', 'si è verificato un errore'],
  pt: ['erro:', 'ocorreu um erro'],
  nl: ['fout:', 'er is een fout opgetreden'],
  pl: ['błąd:', 'wystąpił błąd'],
  tr: ['hata:', 'bir hata oluştu'],
  ru: ['ошибка:', 'произошла ошибка'],
  ja: ['エラー:', 'エラー：', 'エラーが発生しました'],
  zh: ['错误:', '错误：', '发生错误', '出错了', '發生錯誤'],
  ko: ['오류:', '오류가 발생했습니다'],
}; // prettier-ignore

/** Anywhere: the answer takes back what it said. */
export const SELF_CORRECTIONS: Phrases = {
  en: [
    'wait, actually', 'actually, wait', "wait, that's not right", "wait, that's wrong",
    "hold on, that's", 'let me correct myself', 'let me correct that', 'i need to correct myself',
    'correction:', 'i made a mistake', 'i made an error', 'i was wrong about', 'i misspoke',
    'scratch that', 'on second thought', 'i apologize for the confusion',
    'i apologize for the error', 'sorry, i meant', 'i stand corrected',
  ],
  de: [
    'ich korrigiere mich', 'ich muss mich korrigieren', 'moment, das stimmt nicht',
    'da habe ich mich geirrt', 'ich habe mich geirrt', 'korrektur:', 'ich habe einen fehler gemacht',
  ],
  fr: ['je me corrige', 'je rectifie', "je me suis trompé", "j'ai fait une erreur", 'correction :'],
  es: ['me corrijo', 'me he equivocado', 'corrección:', 'he cometido un error', 'espera, en realidad'],
  it: ['mi correggo', 'mi sono sbagliato', 'correzione:', 'ho commesso un errore'],
  pt: ['me corrijo', 'corrigindo-me', 'eu errei', 'cometi um erro', 'correção:'],
  nl: ['ik corrigeer mezelf', 'ik heb me vergist', 'correctie:', 'ik heb een fout gemaakt'],
  pl: ['poprawka:', 'pomyliłem się', 'popełniłem błąd'],
  tr: ['düzeltme:', 'hata yaptım'],
  ru: ['я ошибся', 'я ошиблась', 'исправлюсь', 'поправка:'],
  ja: ['訂正します', '訂正いたします', '間違えました'],
  zh: ['更正一下', '我更正', '我弄错了', '我搞错了', '我說錯了'],
  ko: ['정정합니다', '제가 틀렸습니다', '실수했습니다'],
}; // prettier-ignore
