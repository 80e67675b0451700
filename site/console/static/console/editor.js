/*
 * What is wrong with a message, said where it is wrong, with a click that corrects it.
 *
 * The preview finds the problems while one types. A half-written block is left alone
 * until the focus has left it; a placeholder that does not exist is named at once, and
 * after a refusal (data-strict on the form) everything is.
 */
(() => {
  // The toolbar stands over the text until somebody unpins it: people who write a mail
  // twice a month do not select words to see what could be done with them.
  try {
    const key = 'wagtail:draftail-toolbar';
    if (!localStorage.getItem(key)) localStorage.setItem(key, 'sticky');
  } catch {
    // Without storage it floats.
  }

  // Rich text is written into its field a moment after the last key. Whoever presses
  // the button sooner must not lose those words.
  document.addEventListener(
    'submit',
    (event) => {
      event.target.querySelectorAll('input[type=hidden]').forEach((input) => {
        input.draftailEditor?.saveState?.();
      });
    },
    true,
  );

  const BRACES = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
  const words = (text) => (window.gettext ? window.gettext(text) : text);
  const plural = (one, many, count) => (window.ngettext ? window.ngettext(one, many, count) : many);

  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const named = (name) => new RegExp(`(?<![\\w.])${escaped(name)}(?![\\w.])`);

  // Where a name stands inside braces: [start, end] of the name, and of the braces.
  const find = (text, name) => {
    for (const braces of text.matchAll(BRACES)) {
      const found = named(name).exec(braces[0]);
      if (found) {
        const start = braces.index + found.index;
        return { start, end: start + name.length, braces: [braces.index, braces.index + braces[0].length] };
      }
    }
    return null;
  };

  const fixField = (field, name, better) => {
    const at = find(field.value, name);
    if (!at) return false;
    field.setRangeText(better, at.start, at.end, 'preserve');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
    return true;
  };

  // In rich text a lone placeholder becomes the real thing: one chip, not letters.
  const fixRichText = (input, name, better) => {
    const { draftailEditor: editor } = input;
    if (!editor || !window.DraftJS) return false;
    const { EditorState, Modifier, SelectionState } = window.DraftJS;
    const state = editor.getEditorState();
    const content = state.getCurrentContent();
    const put = (block, start, end, text, withEntity) => {
      const range = SelectionState.createEmpty(block.getKey()).merge({ anchorOffset: start, focusOffset: end });
      let next = content;
      let key = null;
      if (withEntity) {
        next = content.createEntity('PLACEHOLDER', 'IMMUTABLE', { name: better });
        key = next.getLastCreatedEntityKey();
      }
      const style = block.getInlineStyleAt(start);
      next = Modifier.replaceText(next, range, text, style, key);
      editor.onChange(EditorState.push(state, next, 'insert-characters'));
      return true;
    };
    for (const block of content.getBlocksAsArray()) {
      let chip = null;
      block.findEntityRanges(
        (letter) => {
          const key = letter.getEntity();
          const entity = key && content.getEntity(key);
          return entity && entity.getType() === 'PLACEHOLDER' && entity.getData().name === name;
        },
        (start, end) => { chip ??= [start, end]; },
      );
      if (chip) return put(block, ...chip, better, true);
      const at = find(block.getText(), name);
      if (at) {
        const [from, to] = at.braces;
        const alone = block.getText().slice(from, to).replace(/[{}\s]/g, '') === name.replace(/\s/g, '');
        return alone ? put(block, from, to, better, true) : put(block, at.start, at.end, better, false);
      }
    }
    return fixLink(editor, state, name, better);
  };

  const fixLink = (editor, state, name, better) => {
    const { EditorState } = window.DraftJS;
    const content = state.getCurrentContent();
    for (const block of content.getBlocksAsArray()) {
      let key = null;
      block.findEntityRanges(
        (letter) => {
          const entity = letter.getEntity() && content.getEntity(letter.getEntity());
          return entity && entity.getType() === 'LINK' && find(entity.getData().url || '', name);
        },
        (start) => { key ??= block.getEntityAt(start); },
      );
      if (key) {
        const { url } = content.getEntity(key).getData();
        const at = find(url, name);
        const fixed = url.slice(0, at.start) + better + url.slice(at.end);
        const next = content.mergeEntityData(key, { url: fixed });
        editor.onChange(EditorState.push(state, next, 'apply-entity'));
        return true;
      }
    }
    return false;
  };

  class Editor {
    constructor(form) {
      this.form = form;
      this.panels = [...form.querySelectorAll('[data-language]')];
      this.count = document.querySelector('[data-problem-count]');
      this.left = new WeakSet();
      this.problems = [];
      this.notes = new Map();
      form.addEventListener('focusout', ({ target }) => {
        this.left.add(this.placeOf(target));
        // Where the focus goes is known only after it has gone.
        setTimeout(() => this.show(), 0);
      });
      document.addEventListener('preview:shown', ({ detail }) => {
        this.problems = detail.problems;
        this.show();
      });
      document.querySelector('[data-first-focus]')?.focus();
    }

    placeOf(element) {
      const places = '[data-streamfield-child], [data-words-subject], [data-words-body], [data-words-sms]';
      return element.closest(places) || this.form;
    }

    blocks(panel) {
      const own = (child, name) => child.querySelector(`:scope > input[name$="-${name}"]`).value;
      return [...panel.querySelectorAll('[data-streamfield-stream-container] > [data-streamfield-child]')]
        .filter((child) => own(child, 'deleted') !== '1')
        .sort((one, other) => own(one, 'order') - own(other, 'order'));
    }

    place(problem, panel, blocks) {
      if (problem.block) return blocks[problem.block - 1];
      return panel.querySelector(`[data-words-${problem.field}]`);
    }

    panelOf(problem) {
      const own = this.panels.find((panel) => panel.dataset.language === problem.language);
      return own || this.panels.find((panel) => 'main' in panel.dataset);
    }

    due(problem, place) {
      if (problem.name || 'strict' in this.form.dataset) return true;
      return this.left.has(place) && !place.contains(document.activeElement);
    }

    // A note that stays keeps its element: one may be about to be pressed.
    show() {
      const blocks = new Map(this.panels.map((panel) => [panel, this.blocks(panel)]));
      const notes = new Map();
      this.problems.forEach((problem) => {
        const panel = this.panelOf(problem);
        const place = this.place(problem, panel, blocks.get(panel));
        if (!place || !this.due(problem, place)) return;
        const key = `${panel.dataset.language} ${place.dataset.contentpath || problem.field} ${JSON.stringify({ ...problem, block: 0, where: '' })}`;
        const note = this.notes.get(key) || this.note(problem, place);
        notes.set(key, note);
        const room =
          place.querySelector(':scope > section .w-panel__content') ||
          place.querySelector(':scope > .w-field__wrapper > .w-field') ||
          place;
        if (note.parentElement !== room) room.append(note);
      });
      this.notes.forEach((note, key) => {
        if (!notes.has(key)) note.remove();
      });
      this.notes = notes;
      this.say(notes.size);
    }

    note(problem, place) {
      const note = document.createElement('div');
      note.className = 'problem';
      const sentence = document.createElement('span');
      sentence.textContent = problem.sentence;
      note.append(sentence);
      if (problem.suggestion) {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'button button-small';
        button.textContent = words('Use “%s”').replace('%s', problem.suggestion);
        button.addEventListener('click', () => {
          const same = JSON.stringify(problem);
          this.problems = this.problems.filter((other) => JSON.stringify(other) !== same);
          note.remove();
          this.fix(problem, place);
        });
        note.append(button);
      }
      return note;
    }

    fix({ name, suggestion }, place) {
      const fields = [...place.querySelectorAll('input[name]:not([type="checkbox"]), textarea[name]')];
      fields.some((field) =>
        field.type === 'hidden' ? fixRichText(field, name, suggestion) : fixField(field, name, suggestion),
      );
    }

    say(count) {
      if (!this.count || this.said === count) return;
      this.said = count;
      const sentence = plural('%s thing to put right', '%s things to put right', count);
      this.count.textContent = count ? sentence.replace('%s', count) : '';
    }
  }

  const start = () => {
    const form = document.querySelector('form:has([data-words-body])');
    if (form) new Editor(form);
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
