/*
 * The live preview: a message as somebody would get it.
 *
 * [data-preview] follows the form named by data-form: when what is typed there has
 * rested for a moment, it is posted to data-url, and the answer shown. Without a form
 * the words stay, and only the person they are shown for changes. Each answer is also
 * told to the page as the event "preview:shown", for the editor to show what is wrong.
 */
(() => {
  const REST = 350;
  const WIDTHS = { desktop: 720, phone: 375 };

  const json = async (url, options = {}) => {
    const answer = await fetch(url, {
      ...options,
      credentials: 'same-origin',
      headers: { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' },
    });
    if (!answer.ok || answer.redirected) throw new Error(`answered ${answer.status}`);
    return answer.json();
  };

  // A new address for a whole message would blink and jump to its top at every letter,
  // so the words change inside the frame that is there.
  class Frame {
    constructor(element) {
      this.element = element;
      this.ready = false;
      element.addEventListener('load', () => {
        this.ready = true;
        if (this.waiting) this.show(this.waiting);
      });
    }

    show(html) {
      if (!this.element.srcdoc) {
        this.element.srcdoc = html;
        return;
      }
      if (!this.ready) {
        this.waiting = html;
        return;
      }
      const { contentDocument: page, contentWindow: pane } = this.element;
      const { scrollX, scrollY } = pane;
      const next = new DOMParser().parseFromString(html, 'text/html');
      page.replaceChild(page.adoptNode(next.documentElement), page.documentElement);
      pane.scrollTo(scrollX, scrollY);
      this.waiting = null;
    }
  }

  class Preview {
    constructor(root) {
      this.root = root;
      this.form = document.getElementById(root.dataset.form);
      this.stage = root.querySelector('.preview-stage');
      this.element = root.querySelector('iframe');
      this.frame = new Frame(this.element);
      this.person = root.querySelector('input[name="as"]');
      this.language = root.querySelector('select[name="shown"]');
      this.follow();
      this.modes();
      this.show(JSON.parse(document.getElementById('preview-shown').textContent));
    }

    typed() {
      const pairs = [...new FormData(this.form)].filter(([, value]) => typeof value === 'string');
      return new URLSearchParams(pairs).toString();
    }

    // Blocks are added, moved and deleted, and rich text saves itself, without an event
    // that tells all of it: looking is simpler than listening, and misses nothing, not
    // even what somebody typed before this script was there.
    follow() {
      this.person.addEventListener('change', () => {
        // Whoever chooses a person wants to see what that person gets.
        if (this.language) this.language.value = '';
        this.ask();
      });
      this.language?.addEventListener('change', () => this.ask());
      if (!this.form) return;
      document.addEventListener('language:chosen', ({ detail }) => {
        if (this.language) this.language.value = detail;
      });
      setInterval(() => {
        if (document.hidden) return;
        const typed = this.typed();
        const rested = typed === this.before;
        this.before = typed;
        if (rested && typed !== this.asked) this.ask();
      }, REST);
    }

    async ask() {
      this.running?.abort();
      this.running = new AbortController();
      const { signal } = this.running;
      let { url } = this.root.dataset;
      const options = { signal };
      if (this.form) {
        this.asked = this.typed();
        options.method = 'POST';
        options.body = new URLSearchParams(this.asked);
      } else {
        const chosen = new URLSearchParams({ as: this.person.value, shown: this.language?.value || '' });
        url += `${url.includes('?') ? '&' : '?'}${chosen}`;
      }
      try {
        this.show(await json(url, options));
        this.broken(false);
      } catch (problem) {
        if (problem.name === 'AbortError') return;
        this.broken(true);
      }
    }

    broken(is) {
      const note = this.root.querySelector('[data-broken-note]');
      note.hidden = !is;
      note.textContent = is ? this.root.dataset.broken : '';
      if (is && this.form) setTimeout(() => { this.asked = null; }, 4000);
    }

    show(made) {
      const { root } = this;
      this.made = made;
      root.querySelector('[data-subject]').textContent = made.subject || '…';
      const note = root.querySelector('[data-note]');
      note.textContent = made.note;
      note.hidden = !made.note;
      if (made.sms) {
        root.querySelector('[data-sms]').textContent = made.sms.text || '…';
        root.querySelector('[data-sms-size]').innerHTML = made.sms.segments;
      }
      this.offer(made.channels);
      if (made.html) {
        this.frame.show(made.html);
        root.querySelector('pre').textContent = made.text;
      }
      this.empty = !made.html && !this.element.srcdoc;
      root.toggleAttribute('data-behind', this.mode !== 'sms' && !made.html && !this.empty);
      const missing = root.querySelector('[data-missing]');
      missing.hidden = !made.missing.length;
      missing.replaceChildren(
        ...made.missing.map((sentence) => {
          const item = document.createElement('li');
          item.textContent = sentence;
          return item;
        }),
      );
      this.lay();
      document.dispatchEvent(new CustomEvent('preview:shown', { detail: made }));
    }

    modes() {
      this.buttons = [...this.root.querySelectorAll('[data-mode][aria-pressed]')];
      this.buttons.forEach((button) => {
        button.addEventListener('click', () => this.choose(button.dataset.mode));
      });
      // Whoever writes the text message wants to see that.
      this.form?.addEventListener('focusin', ({ target }) => {
        const part = target.closest('[data-channel]')?.dataset.channel;
        if (part && (part === 'sms') !== (this.mode === 'sms')) this.choose(part === 'sms' ? 'sms' : this.first());
      });
      new ResizeObserver(() => this.lay()).observe(this.stage);
      this.mode = this.first();
    }

    first() {
      return this.stage.clientWidth < 420 ? 'phone' : 'desktop';
    }

    choose(mode) {
      const button = this.buttons.find((each) => each.dataset.mode === mode);
      if (!button || button.hidden) return;
      this.mode = mode;
      this.stage.dataset.mode = mode;
      this.buttons.forEach((each) => each.setAttribute('aria-pressed', String(each === button)));
      this.lay();
    }

    // Only the channels that the message goes on can be looked at.
    offer(channels) {
      this.buttons.forEach((button) => {
        const channel = button.dataset.mode === 'sms' ? 'sms' : 'email';
        button.hidden = !channels.includes(channel);
      });
      const now = this.buttons.find((each) => each.dataset.mode === this.mode);
      this.choose(now?.hidden ? this.buttons.find((each) => !each.hidden).dataset.mode : this.mode);
    }

    // The frame is as wide as a real window and drawn smaller, so that the message
    // breaks its lines where it really would.
    lay() {
      if (!this.made) return;
      const asText = this.mode === 'sms';
      const text = this.root.querySelector('pre');
      const empty = this.root.querySelector('.preview-empty');
      const { made } = this;
      this.root.querySelector('.preview-sms').hidden = !asText;
      this.root.querySelector('.preview-subject').hidden = asText;
      this.root.querySelector('[data-to]').textContent = asText
        ? made.sms?.to_address || ''
        : `${made.to_name} <${made.to_address}>`;
      empty.hidden = asText || !this.empty;
      text.hidden = asText || this.empty || this.mode !== 'text';
      this.element.hidden = asText || this.empty || this.mode === 'text';
      const width = WIDTHS[this.mode];
      if (!width) return;
      const room = this.stage.clientWidth;
      const scale = Math.min(1, room / width);
      const { style } = this.element;
      style.width = `${width}px`;
      style.height = `${this.stage.clientHeight / scale}px`;
      style.transform = `scale(${scale})`;
      style.marginInlineStart = `${Math.max(0, (room - width * scale) / 2)}px`;
    }
  }

  const start = () => {
    document.querySelectorAll('[data-preview]').forEach((root) => {
      new Preview(root);
    });
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
