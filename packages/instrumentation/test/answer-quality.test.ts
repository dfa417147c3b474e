// Verdicts on answers: what is found, in several languages, and what must not be taken for it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeAnswer } from '../src/calls/answer-quality.ts';

const verdict = (answer: string, json = false) => {
  const { errors, warnings } = judgeAnswer(answer, { json });
  return [...errors, ...warnings].join(' ');
};
const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ');

test.each([
  ['', 'empty'],
  [' \n\t', 'empty'],
  ['The flight leaves at nine from gate four.', ''],
  ['Yes.', 'too_short'],
  [words(4), 'too_short'],
  [words(5), ''],
  [words(5000), ''],
  [words(5001), 'too_long'],
  ['飛行機は九時に出発します', ''],
  ['是的', 'too_short'],
  ['TypeError: Cannot read properties of undefined (reading text)', 'error_pattern'],
  ['openai.RateLimitError: too many requests were made here', 'error_pattern'],
  ['Traceback (most recent call last):\n  File "a.py", line 1', 'error_pattern'],
  ['503 Service Unavailable', 'error_pattern too_short'],
  ['An error occurred while processing your request.', 'error_pattern'],
  ['{"error": {"message": "overloaded", "type": "overloaded_error"}}', 'error_pattern'],
  ['Es ist ein Fehler aufgetreten, bitte später erneut versuchen.', 'error_pattern'],
  ["Une erreur s'est produite lors du traitement de la demande.", 'error_pattern'],
  ['エラーが発生しました。もう一度お試しください。', 'error_pattern'],
  ["I'm sorry, but I can't help with that request.", 'refusal'],
  ['I’m sorry, but I can’t assist with that.', 'refusal'],
  ['I cannot fulfill this request. It would be harmful.', 'refusal'],
  ['Es tut mir leid, aber ich kann dabei nicht helfen.', 'refusal'],
  ['Je suis désolé, mais je ne peux pas répondre à cela.', 'refusal'],
  ['Lo siento, pero no puedo ayudarte con esa petición.', 'refusal'],
  ['Mi dispiace, ma non posso farlo per te.', 'refusal'],
  ['Desculpe, mas não posso fazer isso por você.', 'refusal'],
  ['Извините, но я не могу помочь с этим запросом.', 'refusal'],
  ['申し訳ありませんが、そのご依頼には対応できません。', 'refusal'],
  ['抱歉，我无法提供这方面的信息。', 'refusal'],
  ['Het spijt me, maar ik kan u daar niet mee helpen.', 'refusal'],
  ['Przykro mi, ale nie mogę tego dla ciebie zrobić.', 'refusal'],
  ['Se ha producido un error al procesar la solicitud.', 'error_pattern'],
  ['Si è verificato un errore durante la richiesta.', 'error_pattern'],
  ['Ocorreu um erro ao processar o seu pedido.', 'error_pattern'],
  ['Er is een fout opgetreden bij het verwerken.', 'error_pattern'],
  ['Wystąpił błąd podczas przetwarzania tego żądania.', 'error_pattern'],
  ['发生错误，请稍后再试一次。', 'error_pattern'],
  ['Il y en a quatre. Je me corrige : il y en a cinq.', 'self_correction'],
  ['Sono quattro. Mi correggo: sono cinque in tutto.', 'self_correction'],
  ['São quatro. Cometi um erro: são cinco no total.', 'self_correction'],
  ['Het zijn er vier. Ik heb me vergist: het zijn er vijf.', 'self_correction'],
  ['Są cztery. Popełniłem błąd: jest ich pięć.', 'self_correction'],
  ['一共四个。更正一下，是五个。', 'self_correction'],
  ['죄송하지만 그 요청에는 도움을 드릴 수 없습니다.', 'refusal'],
  ['It opened in 1889. Wait, actually, that was the fair; it opened in 1887.', 'self_correction'],
  ['Four. Let me correct myself: there are five of them.', 'self_correction'],
  ['Es sind vier. Moment, das stimmt nicht: es sind fünf.', 'self_correction'],
  ['Son cuatro. Me he equivocado: son cinco en total.', 'self_correction'],
  ['四つあります。訂正します、五つです。', 'self_correction'],
])('%j: %s', (answer, expected) => {
  expect(verdict(answer)).toBe(expected);
});

/** Ordinary answers that share words with what is looked for. */
test.each([
  "I can't stress enough how important this is for the whole team.",
  'I cannot recommend this restaurant enough: the soup is wonderful.',
  "I'm unable to find any errors in your code; it looks good to me.",
  'Sorry to hear that! Here is what you can do about it right now.',
  'Error handling in Go is done with values and not with exceptions.',
  'Errors: an introduction to what they are and how they are handled.',
  '404 is the status that a server sends when it does not know a page.',
  '500 grams of flour, two eggs and a little milk.',
  'The weather station made a mistake, and the forecast was corrected.',
  'Wait for the signal, then actually press the button twice.',
  'Ich kann Ihnen gern dabei helfen, den Antrag auszufüllen.',
  'Je peux vous aider avec cette demande, voici comment procéder.',
  'Puedo ayudarte con eso, empecemos por el principio del texto.',
  'The word "exception" comes from Latin and means a taking out.',
  `${words(80)} and if the model says "I cannot help with that", ask again.`,
  `Error: this is what the log begins with. ${words(80)}`,
  'В этом нет ошибки, программа работает так, как задумано.',
  '这里没有错误，一切都很好，请继续。',
  '```js\nreply("I\'m sorry, but I can\'t help with that.");\n```\nThis prints what you asked for.',
  'The bot says "I cannot help with that" when the list is empty.',
  'Run `echo sorry, i meant the other one` and see what it prints.',
  'A refusal in German begins with „Es tut mir leid, aber ich kann“ most of the time.',
  'Un « error » es un valor, y aquí se explica cómo tratarlo.',
  'Der Begriff Fehler bezeichnet eine Abweichung vom richtigen Wert.',
  'Le mot erreur vient du latin et veut dire égarement.',
  'Un error de redondeo aparece cuando faltan decimales.',
  'O erro 404 indica que a página não existe mais.',
  "L'errore di arrotondamento nasce dai decimali mancanti.",
  'Een fout in de planning kost meestal veel geld en tijd.',
  'Błąd zaokrąglenia powstaje, gdy brakuje miejsc po przecinku.',
  'エラーとは、期待と異なる結果のことを指します。',
  '“错误”这个词的意思是与正确的不一样。',
])('no alarm: %s', (answer) => {
  expect(verdict(answer)).toBe('');
});

describe('where JSON was asked for', () => {
  test.each([
    ['{"a": 1}', ''],
    [' [1, 2]\n', ''],
    ['7', ''],
    ['{"a": 1', 'invalid_json'],
    ['Here it is: {"a": 1}', 'invalid_json'],
    ['```json\n{"a": 1}\n```', 'invalid_json'],
    ['', 'empty'],
    ["I'm sorry, but I can't help with that request.", 'refusal invalid_json'],
  ])('%j: %s', (answer, expected) => {
    expect(verdict(answer, true)).toBe(expected);
  });
});

test.each([
  ['', 0],
  ['The flight leaves at nine from gate four.', 1],
  ['Yes.', 0.8],
  ["I'm sorry, but I can't help with that request.", 0.8],
  ['503 Service Unavailable', 0.6],
])('the score of %j is the mean of its checks', (answer, score) => {
  expect(judgeAnswer(answer).score).toBeCloseTo(score);
});

test('any text has a verdict between 0 and 1, and the same each time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.boolean(), (answer, json) => {
      const found = judgeAnswer(answer, { json });
      expect(found).toEqual(judgeAnswer(answer, { json }));
      expect(found.score).toBeGreaterThanOrEqual(0);
      expect(found.score).toBeLessThanOrEqual(1);
      expect(found.valid).toBe(found.errors.length === 0);
      expect(found.metrics.character_count).toBe(answer.length);
    }),
  );
});

test('nothing that is documented passes for a refusal or an error', () => {
  const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));
  for (const page of ['content.md', 'deletion.md', 'mapping.md', 'prices.md']) {
    expect(verdict(readFileSync(join(docs, page), 'utf8')), page).toBe('');
  }
});
