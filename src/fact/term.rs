//! Terms: the words, phrases and pairs of characters of a text, with what they stand for and whether they are denied.

use pinyin::ToPinyin;

use super::dictionary::DICTIONARY;
use super::forms::{Keyed, is_latin};
use super::lexicon::{Concept, ConceptId, LEXICON, hash, phrase_key, stem};
use super::page::Page;
use crate::text::script::is_han;
use crate::text::token::porter::{Stemmer, Variant};

/// A content word, phrase or pair of characters, where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Term {
    /// What it stands for: equal for equal concepts, stems or pairs.
    pub(crate) id: u64,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The concept, where a table holds it: of several, the one that texts read before speak of.
    pub(crate) concept: Option<ConceptId>,
    /// All that it may stand for.
    senses: &'static [ConceptId],
    /// The word itself: equal for equal stems and forms.
    pub(crate) word: u64,
    /// How much it tells.
    pub(crate) weight: f32,
    /// Whether it is denied where it stands.
    pub(crate) negated: bool,
    /// Whether it stands under a denial of its clause.
    pub(crate) denied: bool,
    /// Whether it can be recognized in another language: a concept, a number, a Latin word.
    pub(crate) shared: bool,
    /// Whether it is not, but the dictionary has words of the other language for it.
    pub(crate) listed: bool,
    /// Index of its clause.
    pub(crate) clause: usize,
}

impl Term {
    /// What the tables say of its concept.
    pub(crate) fn known(&self) -> Option<&'static Concept> {
        self.concept.map(|id| LEXICON.concept(id))
    }

    /// The values of facets that it names, in whichever sense: 日均 is of a day and an average.
    pub(crate) fn facets(&self) -> impl Iterator<Item = (u8, ConceptId)> + '_ {
        let senses = self.senses.iter().chain(self.concept.as_ref().filter(|id| !self.senses.contains(id)));
        senses.filter_map(|id| LEXICON.concept(*id).facet.map(|facet| (facet, *id)))
    }

    /// Whether another term turns it round, in any of the senses of both.
    pub(crate) fn turns(&self, other: &Term) -> bool {
        let opposite = |id: &ConceptId| LEXICON.concept(*id).opposite;
        other.concept.is_some()
            && self
                .senses
                .iter()
                .chain(&self.concept)
                .filter_map(opposite)
                .any(|o| other.concept == Some(o) || other.senses.contains(&o))
    }

    /// The concept that turns it round.
    pub(crate) fn opposite(&self) -> Option<u64> {
        self.known()?.opposite.map(u64::from)
    }
}

/// The senses that texts read before have: a word of several is read in the sense that they speak of.
#[derive(Debug, Default, Clone)]
pub(crate) struct Senses {
    known: Keyed<ConceptId, ConceptId>,
    /// Pairs of characters that no table knows, by how they are read aloud: what a Latin name may spell.
    aloud: Keyed<u64, u64>,
    /// Latin names that no table knows, by their letters: what a pair of characters may be read as.
    spelled: Keyed<u64, u64>,
    /// Whether texts are read for one in the other language: words of the dictionary then stand for themselves, and for
    /// their translations where those were read.
    across: bool,
    /// The words read before, Chinese by their characters and English by their stems, with what each stands for.
    met: Keyed<u64, u64>,
}

impl Senses {
    /// Senses for texts that are read in the light of one in the other language.
    pub(crate) fn across() -> Senses {
        Senses { across: true, ..Senses::default() }
    }

    /// Takes over the senses of a text, those its words are read in before those they may have.
    pub(crate) fn learn(&mut self, page: &Page) {
        self.learn_names(page);
        if self.across {
            self.learn_words(page);
        }
        for id in page.terms.iter().filter_map(|t| t.concept) {
            self.known.entry(id).or_insert(id);
        }
        for term in &page.terms {
            for (sense, id) in term.senses.iter().zip(std::iter::repeat(term.concept)) {
                if let Some(id) = id {
                    self.known.entry(*sense).or_insert(id);
                }
            }
        }
    }

    /// Takes over the names of a text, so that a name is known in the other script by its sound.
    fn learn_names(&mut self, page: &Page) {
        for term in page.terms.iter().filter(|t| t.concept.is_none()) {
            let chars = &page.text[term.start..term.end];
            if let [a, b] = *chars
                && is_han(a)
            {
                if let Some(sound) = sound(a, b) {
                    self.aloud.entry(sound).or_insert(term.id);
                }
            } else if term.shared {
                self.spelled.entry(hash(chars.iter().copied())).or_insert(term.id);
            }
        }
    }

    /// Takes over the words of a text, so that their translations are known.
    fn learn_words(&mut self, page: &Page) {
        for term in &page.terms {
            let chars = page.text[term.start..term.end].iter().copied();
            let word = if is_han(page.text[term.start]) { hash(chars) } else { stem(chars) };
            self.met.entry(word).or_insert(term.id);
        }
    }

    /// What a word stands for that no sense read before explains: what a translation of it stands for that was met.
    fn translated(&self, concept: Option<ConceptId>, words: &[u64]) -> Option<u64> {
        if concept.is_some_and(|id| self.known.contains_key(&id)) {
            return None;
        }
        words.iter().find_map(|word| self.met.get(word)).copied()
    }

    fn choose(&self, senses: &[ConceptId]) -> Option<ConceptId> {
        let opposed = |id: &&ConceptId| LEXICON.concept(**id).opposite.is_some_and(|o| self.known.contains_key(&o));
        senses
            .iter()
            .find_map(|id| self.known.get(id))
            .or_else(|| senses.iter().find(opposed))
            .or_else(|| senses.first())
            .copied()
    }
}

impl Page {
    /// Reads the terms of a text, its figures left out.
    pub(super) fn read_terms(&self, senses: &Senses) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::with_capacity(self.text.len() / 2);
        let mut stemmer = Stemmer::new(Variant::Nltk);
        let mut at = 0;
        let mut mention = 0;
        let mut clause = 0;
        while at < self.text.len() {
            while self.clauses.get(clause).is_some_and(|c| c.end <= at) && clause + 1 < self.clauses.len() {
                clause += 1;
            }
            while self.mentions.get(mention).is_some_and(|m| m.core.1 <= at) {
                mention += 1;
            }
            if let Some(m) = self.mentions.get(mention)
                && m.core.0 <= at
            {
                at = m.core.1;
                continue;
            }
            let stop = self.mentions.get(mention).map_or(self.text.len(), |m| m.core.0);
            let c = self.text[at];
            if is_latin(c) {
                at = self.latin(at, stop, clause, senses, &mut stemmer, &mut terms);
            } else if is_han(c) {
                at = self.han(at, stop, clause, senses, &mut terms);
            } else {
                at += 1;
            }
        }
        terms
    }

    /// A word of letters, or a phrase that the lexicon holds.
    fn latin(
        &self,
        at: usize,
        stop: usize,
        clause: usize,
        read: &Senses,
        stemmer: &mut Stemmer,
        terms: &mut Vec<Term>,
    ) -> usize {
        let mut words = [(0usize, 0u64); 4];
        let mut n = 0;
        let mut from = at;
        while n < 4 && from < stop {
            let end = from + self.text[from..].iter().take_while(|c| is_latin(**c) || **c == '\'').count();
            if end == from {
                break;
            }
            words[n] = (end, stem(self.text[from..end].iter().copied()));
            n += 1;
            if matches!(self.text.get(end), Some(' ' | '-')) {
                from = end + 1;
            } else {
                break;
            }
        }
        let first_end = words[0].0.max(at + 1);
        let word = &self.text[at..first_end];
        for len in (1..=n).rev() {
            let senses = LEXICON.english(phrase_key(words[..len].iter().map(|w| w.1)));
            let Some(id) = self.sense(senses, at, words[len - 1].0, read) else { continue };
            // A word tells as much as it is rare, whatever its concept is called.
            let own = if len == 1 { LEXICON.weight(word) } else { 0.0 };
            let translations = if read.across && len == 1 { DICTIONARY.chinese_of(words[0].1) } else { &[] };
            terms.push(Term {
                id: read.translated(Some(id), translations).unwrap_or(u64::from(id)),
                start: at,
                end: words[len - 1].0,
                concept: Some(id),
                senses,
                word: phrase_key(words[..len].iter().map(|w| w.1)),
                weight: if own > 0.0 { own } else { LEXICON.concept(id).weight },
                negated: self.negated_latin(at),
                denied: self.denied(at) != self.none_of(at),
                shared: true,
                listed: false,
                clause,
            });
            return words[len - 1].0;
        }
        if let Some(denied) = LEXICON.denied(word) {
            return self.opposite_word(at, denied, first_end, clause, read, stemmer, terms);
        }
        let weight = LEXICON.weight(word);
        // Wang Wei is 王伟, Zidi 子迪, where the other text has them.
        let next = words[1].0.max(first_end);
        let both = (n > 1 && self.raw[first_end + 1].is_uppercase()).then(|| self.letters(at, next));
        let named = [(both, next), (Some(self.letters(at, first_end)), first_end)]
            .into_iter()
            .filter(|_| self.raw[at].is_uppercase())
            .find_map(|(key, end)| Some((*read.aloud.get(&key?)?, end)));
        if let Some((id, end)) = named {
            terms.push(Term {
                id,
                start: at,
                end,
                concept: None,
                senses: &[],
                word: id,
                weight: weight.max(1.0),
                negated: self.negated_latin(at),
                denied: self.denied(at) != self.none_of(at),
                shared: true,
                listed: false,
                clause,
            });
            return end;
        }
        if weight > 0.0 && (word.len() > 1 || word[0].is_ascii_digit()) {
            let translations = if read.across { DICTIONARY.chinese_of(words[0].1) } else { &[] };
            let own = root(word, stemmer).unwrap_or(words[0].1) | 1 << 63;
            let translated = read.translated(None, translations);
            terms.push(Term {
                id: translated.unwrap_or(own),
                start: at,
                end: first_end,
                concept: None,
                senses: &[],
                word: root(word, stemmer).unwrap_or(words[0].1),
                weight,
                negated: self.negated_latin(at),
                denied: self.denied(at) != self.none_of(at),
                shared: self.raw[at].is_uppercase() || translated.is_some(),
                listed: !translations.is_empty() && translated.is_none(),
                clause,
            });
        }
        first_end
    }

    /// A word that denies another by its beginning: the other word, denied (`unvaccinated`).
    #[expect(clippy::too_many_arguments, reason = "what reading a word of letters takes")]
    fn opposite_word(
        &self,
        at: usize,
        from: usize,
        end: usize,
        clause: usize,
        read: &Senses,
        stemmer: &mut Stemmer,
        terms: &mut Vec<Term>,
    ) -> usize {
        let known = terms.len();
        self.latin(at + from, end, clause, read, stemmer, terms);
        for term in &mut terms[known..] {
            term.start = at;
            term.negated = !self.negated_latin(at);
            term.denied = !self.denied(at);
        }
        end
    }

    /// The hash of the letters of a stretch, without what stands between them.
    fn letters(&self, start: usize, end: usize) -> u64 {
        hash(self.text[start..end].iter().copied().filter(|c| c.is_alphabetic()))
    }

    /// The sense of an English form: names need a capital, those that are common words too need capitals throughout.
    fn sense(&self, senses: &[ConceptId], start: usize, end: usize, read: &Senses) -> Option<ConceptId> {
        let name = |id: &ConceptId| LEXICON.concept(*id).name.is_some();
        if !senses.iter().any(name) {
            return read.choose(senses);
        }
        let word = &self.raw[start..end];
        let named = if LEXICON.weight(&self.text[start..end]) == 0.0 {
            word.iter().all(|c| c.is_uppercase())
        } else {
            word[0].is_uppercase() || !self.cased
        };
        let fitting: Vec<ConceptId> = senses.iter().copied().filter(|id| named || !name(id)).collect();
        read.choose(&fitting)
    }

    /// A Chinese word that the lexicon holds, or the pairs of characters of a run that it does not.
    fn han(&self, at: usize, stop: usize, clause: usize, read: &Senses, terms: &mut Vec<Term>) -> usize {
        let known = |at: usize| LEXICON.chinese(&self.text[..stop], at);
        if let Some((end, senses)) = known(at)
            && (end - at > 1 || self.stands_alone(at, stop))
            && let Some(id) = read.choose(senses)
        {
            let word = hash(self.text[at..end].iter().copied());
            let translations = if read.across { DICTIONARY.english_of(word) } else { &[] };
            terms.push(Term {
                id: read.translated(Some(id), translations).unwrap_or(u64::from(id)),
                start: at,
                end,
                concept: Some(id),
                senses,
                word,
                weight: LEXICON.concept(id).weight,
                negated: self.negated_han(at),
                denied: self.denied(at) != self.none_of(at),
                shared: true,
                listed: false,
                clause,
            });
            return end;
        }
        if is_particle(self.text[at]) {
            return at + 1;
        }
        let listed = |at: usize| read.across.then(|| DICTIONARY.word(&self.text[..stop], at)).flatten();
        if let Some(end) = listed(at) {
            let chars = &self.text[at..end];
            let word = hash(chars.iter().copied());
            let translated = read.translated(None, DICTIONARY.english_of(word));
            terms.push(Term {
                id: translated.unwrap_or(word | 1 << 62),
                start: at,
                end,
                concept: None,
                senses: &[],
                word,
                weight: LEXICON.weight_zh(chars),
                negated: self.negated_han(at),
                denied: self.denied(at) != self.none_of(at),
                shared: translated.is_some(),
                listed: translated.is_none(),
                clause,
            });
            return end;
        }
        // A run that no word of the lexicon breaks.
        let mut end = at + 1;
        while end < stop
            && is_han(self.text[end])
            && !is_particle(self.text[end])
            && known(end).is_none_or(|(e, _)| e - end < 2)
            && listed(end).is_none()
        {
            end += 1;
        }
        for pair in at..end.saturating_sub(1) {
            let chars = &self.text[pair..pair + 2];
            let name = sound(chars[0], chars[1]).and_then(|sound| read.spelled.get(&sound)).copied();
            terms.push(Term {
                id: name.unwrap_or(hash(chars.iter().copied()) | 1 << 62),
                start: pair,
                end: pair + 2,
                concept: None,
                senses: &[],
                word: hash(chars.iter().copied()),
                weight: LEXICON.weight_zh(chars) * 0.6,
                negated: self.negated_han(at),
                denied: self.denied(pair),
                shared: name.is_some(),
                listed: false,
                clause,
            });
        }
        if end - at == 1 {
            let c = self.text[at];
            terms.push(Term {
                id: hash([c]) | 1 << 61,
                start: at,
                end,
                concept: None,
                senses: &[],
                word: hash([c]),
                weight: 0.8,
                negated: self.negated_han(at),
                denied: self.denied(at) != self.none_of(at),
                shared: false,
                listed: false,
                clause,
            });
        }
        end
    }

    /// Whether a figure of zero stands right before a place: `0 deaths` are none.
    fn none_of(&self, at: usize) -> bool {
        let next = self.mentions.partition_point(|m| m.core.0 < at);
        let before = next.checked_sub(1).map(|i| &self.mentions[i]);
        before.is_some_and(|m| {
            m.base_value().is_some_and(|n| n.is_zero())
                && self.text[m.core.1.min(at)..at].iter().all(|c| *c == ' ')
                && !matches!(m.unit.kind, "temperature" | "time" | "score")
        })
    }

    /// Whether a single character is a word by itself here: no Han character that could join it on either side. Between two
    /// figures it is one (二死七傷).
    fn stands_alone(&self, at: usize, stop: usize) -> bool {
        let joins = |c: Option<&char>| c.is_some_and(|c| is_han(*c) && !is_particle(*c));
        let figure = || {
            let next = self.mentions.partition_point(|m| m.core.0 < at);
            next > 0 && self.mentions[next - 1].core.1 == at
        };
        let between = at + 1 == stop && stop < self.text.len() && figure();
        between || !(joins(self.text.get(at + 1)) && joins(at.checked_sub(1).and_then(|i| self.text.get(i))))
    }

    /// Whether 不, 未, 沒有, 拒絕 deny the word that begins here, over auxiliaries and adverbs (不得再, 並未能).
    fn negated_han(&self, at: usize) -> bool {
        let before = &self.text[at.saturating_sub(6)..at];
        let between = |c: &char| {
            matches!(
                c,
                '会' | '再'
                    | '得'
                    | '应'
                    | '能'
                    | '予'
                    | '要'
                    | '须'
                    | '曾'
                    | '获'
                    | '被'
                    | '可'
                    | '必'
                    | '将'
                    | '受'
                    | '需'
            )
        };
        let over = before.iter().rev().take_while(|c| between(c)).count();
        let head = &before[..before.len() - over];
        match head {
            [.., '没' | '未', '有'] => true,
            [.., '拒', '绝'] | [.., '无', '意' | '法' | '力' | '须' | '需'] | [.., '免', '于'] => true,
            [.., a] => matches!(a, '不' | '未' | '没' | '无' | '勿' | '非' | '否' | '免'),
            [] => false,
        }
    }

    /// Whether `not`, `no`, `never`, `failed to` deny the word that begins here, over auxiliaries and articles.
    fn negated_latin(&self, at: usize) -> bool {
        let before: String = self.text[at.saturating_sub(32)..at].iter().collect();
        let before = before.rsplit([',', '.', ';', ':']).next().unwrap_or("");
        if before.ends_with("non-") {
            return true;
        }
        let mut to = false;
        for word in before.trim_end().rsplit(' ').take(5) {
            match word {
                "not" | "no" | "never" | "without" | "cannot" | "nor" | "neither" | "none" | "nobody" | "nothing" => {
                    return true;
                }
                "failed" | "fails" | "fail" | "refused" | "refuses" | "refuse" | "declined" | "declines" | "unable"
                | "failing" | "refusing" => return to,
                "to" => to = true,
                "be" | "been" | "being" | "is" | "are" | "was" | "were" | "have" | "has" | "had" | "yet" | "longer"
                | "any" | "a" | "an" | "the" | "ever" | "get" | "of" | "them" | "it" | "one" => {}
                _ => return word.ends_with("n't"),
            }
        }
        false
    }
}

/// The hash of how two characters are read aloud, in pinyin without tones.
fn sound(a: char, b: char) -> Option<u64> {
    let (a, b) = (a.to_pinyin()?, b.to_pinyin()?);
    Some(hash(a.plain().chars().chain(b.plain().chars())))
}

/// The hash of a word's Porter stem, which leads derived words together (`donor`, `donors`; `compensatory`,
/// `compensation`).
fn root(word: &[char], stemmer: &mut Stemmer) -> Option<u64> {
    let mut bytes = [0u8; 24];
    let bytes = bytes.get_mut(..word.len())?;
    for (byte, c) in bytes.iter_mut().zip(word) {
        *byte = u8::try_from(*c).ok().filter(u8::is_ascii_lowercase)?;
    }
    Some(hash(stemmer.stem(bytes).iter().map(|b| char::from(*b))))
}

/// Characters that join words and carry no content by themselves.
fn is_particle(c: char) -> bool {
    matches!(
        c,
        '的' | '了'
            | '和'
            | '与'
            | '及'
            | '在'
            | '是'
            | '为'
            | '将'
            | '向'
            | '等'
            | '也'
            | '都'
            | '并'
            | '或'
            | '之'
            | '其'
            | '该'
            | '此'
            | '但'
            | '则'
            | '仍'
            | '已'
            | '还'
            | '又'
            | '更'
            | '最'
            | '被'
            | '把'
            | '对'
            | '从'
            | '到'
            | '于'
            | '以'
            | '而'
            | '且'
            | '就'
            | '着'
            | '过'
            | '地'
            | '得'
            | '这'
            | '那'
            | '他'
            | '她'
            | '它'
            | '们'
            | '我'
            | '你'
            | '各'
            | '由'
            | '使'
            | '让'
            | '因'
            | '却'
            | '会'
            | '要'
            | '可'
            | '能'
            | '有'
            | '至'
            | '自'
            | '起'
            | '约'
            | '近'
            | '逾'
            | '每'
            | '所'
            | '者'
            | '很'
            | '再'
            | '只'
            | '同'
            | '如'
            | '若'
            | '跟'
            | '给'
            | '称'
            | '说'
            | '指'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::quantity::Locale;

    #[test]
    fn a_name_is_known_in_the_other_script_by_its_sound() {
        let locale = Locale::plain("CNY");
        for (first, then) in
            [("邹加怡当选行长。", "Zou Jiayi was elected."), ("Zou Jiayi was elected.", "邹加怡当选行长。")]
        {
            let page = Page::new(first, locale);
            let mut senses = Senses::default();
            senses.learn(&page);
            let other = Page::read(then, locale, &senses);
            let name = |t: &&Term| t.concept.is_none() && t.shared && page.terms.iter().any(|o| o.id == t.id);
            assert!(other.terms.iter().any(|t| name(&t)), "{then}");
            assert!(!Page::new(then, locale).terms.iter().any(|t| name(&t)), "{then} by itself");
        }
    }

    #[test]
    fn a_word_of_several_senses_is_read_in_the_one_that_the_other_text_has() {
        let locale = Locale::plain("CNY");
        let read = |source: &str| {
            let mut senses = Senses::default();
            senses.learn(&Page::new(source, locale));
            Page::read("the order", locale, &senses).terms[0].id
        };
        assert_ne!(read("法院的命令"), read("客户的订单"));
    }
}
