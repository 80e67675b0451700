// Rich text for messages: a menu of placeholders, and links typed as addresses.
(() => {
  const { React, ReactDOM, DraftJS, draftail } = window;
  const { EditorState, Modifier, RichUtils } = DraftJS;
  const h = React.createElement;
  const words = (text) => (window.gettext ? window.gettext(text) : text);

  const frame = {
    boxSizing: 'border-box',
    width: 'min(28rem, calc(100vw - 2rem))',
    maxHeight: '90vh',
    overflowX: 'hidden',
    padding: '1.25rem',
    border: '1px solid var(--w-color-border-furniture)',
    borderRadius: '6px',
    background: 'var(--w-color-surface-page)',
    color: 'var(--w-color-text-context)',
  };
  const chip = {
    padding: '0 0.3em',
    borderRadius: '4px',
    border: '1px solid var(--w-color-border-field-default)',
    background: 'var(--w-color-surface-header)',
  };
  const list = { maxHeight: '45vh', overflowY: 'auto', marginBottom: '0.75rem' };
  const wide = { boxSizing: 'border-box', width: '100%' };
  const row = { ...wide, display: 'block', margin: '0 0 0.35rem', textAlign: 'start' };

  // A native dialog keeps the focus inside, and Escape closes it. It lives outside
  // the page's form, so that Enter in it cannot send the page.
  function Dialog({ title, onClose, children }) {
    const box = React.useRef(null);
    React.useEffect(() => {
      box.current.showModal();
    }, []);
    const cancel = (event) => {
      event.preventDefault();
      onClose();
    };
    return ReactDOM.createPortal(
      h(
        'dialog',
        { ref: box, style: frame, onCancel: cancel, 'aria-label': title },
        h('h2', { className: 'w-h3', style: { margin: '0 0 1rem' } }, title),
        children,
      ),
      document.body,
    );
  }

  function insert(editorState, type, mutability, data, text) {
    const selection = editorState.getSelection();
    const content = editorState.getCurrentContent().createEntity(type, mutability, data);
    const key = content.getLastCreatedEntityKey();
    const style = editorState.getCurrentInlineStyle();
    const changed = Modifier.replaceText(content, selection, text, style, key);
    return EditorState.push(editorState, changed, 'insert-characters');
  }

  function PlaceholderSource({ editorState, entityType, onComplete, onClose }) {
    const [sought, setSought] = React.useState('');
    const matches = entityType.placeholders.filter(({ name, label }) =>
      `${name} ${label}`.toLowerCase().includes(sought.trim().toLowerCase()),
    );
    const pick = (name) =>
      onComplete(insert(editorState, 'PLACEHOLDER', 'IMMUTABLE', { name }, name));
    const submit = (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (matches.length) pick(matches[0].name);
    };
    return h(
      Dialog,
      { title: words('Insert a placeholder'), onClose },
      h(
        'form',
        { onSubmit: submit },
        h('input', {
          type: 'search',
          autoFocus: true,
          value: sought,
          placeholder: words('Search'),
          'aria-label': words('Search placeholders'),
          onChange: (event) => setSought(event.target.value),
          style: { ...wide, marginBottom: '0.75rem' },
        }),
      ),
      h(
        'div',
        { style: list },
        matches.map(({ name, label }) =>
          h(
            'button',
            {
              key: name,
              type: 'button',
              className: 'button button-secondary',
              style: row,
              onClick: () => pick(name),
            },
            `${label} `,
            h('code', null, `{{ ${name} }}`),
          ),
        ),
      ),
      matches.length ? null : h('p', null, words('No placeholder has this name.')),
      h(
        'button',
        { type: 'button', className: 'button button-secondary', onClick: onClose },
        words('Cancel'),
      ),
    );
  }

  function PlaceholderChip({ contentState, entityKey, children }) {
    const { name } = contentState.getEntity(entityKey).getData();
    return h('span', { style: chip, title: `{{ ${name} }}` }, children);
  }

  function selectedText(editorState) {
    const selection = editorState.getSelection();
    const block = editorState.getCurrentContent().getBlockForKey(selection.getStartKey());
    return block.getText().slice(selection.getStartOffset(), selection.getEndOffset());
  }

  // What people paste: a bare site, a mail address, a phone number.
  function completed(typed) {
    const url = typed.trim();
    if (/^(https?:|mailto:|tel:|\{\{)/i.test(url)) return url;
    if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(url)) return `mailto:${url}`;
    if (/^\+?[\d\s().-]{6,}$/.test(url)) return `tel:${url.replace(/\s/g, '')}`;
    return /^[\w-]+(\.[\w-]+)+(\/\S*)?(\?\S*)?$/.test(url) ? `https://${url}` : '';
  }

  function LinkSource({ editorState, entity, onComplete, onClose }) {
    const selection = editorState.getSelection();
    const [url, setUrl] = React.useState(entity ? entity.getData().url || '' : '');
    const [label, setLabel] = React.useState(selectedText(editorState));
    const [wrong, setWrong] = React.useState(false);
    const needsLabel = selection.isCollapsed();
    const submit = (event) => {
      event.preventDefault();
      event.stopPropagation();
      const address = completed(url);
      if (!address) {
        setWrong(true);
        return;
      }
      const data = { url: address };
      if (needsLabel) {
        onComplete(insert(editorState, 'LINK', 'MUTABLE', data, label.trim() || url.trim()));
        return;
      }
      const content = editorState.getCurrentContent().createEntity('LINK', 'MUTABLE', data);
      onComplete(RichUtils.toggleLink(editorState, selection, content.getLastCreatedEntityKey()));
    };
    const field = (title, value, change, more) =>
      h(
        'label',
        { style: { display: 'block', marginBottom: '0.75rem' } },
        title,
        h('input', {
          type: 'text',
          value,
          onChange: (event) => change(event.target.value),
          style: wide,
          ...more,
        }),
      );
    return h(
      Dialog,
      { title: words('Link'), onClose },
      h(
        'form',
        { onSubmit: submit, noValidate: true },
        field(words('Address'), url, setUrl, {
          autoFocus: true,
          placeholder: 'https://',
          inputMode: 'url',
          'aria-invalid': wrong,
        }),
        needsLabel ? field(words('Words to show'), label, setLabel) : null,
        wrong
          ? h(
              'p',
              { role: 'alert', className: 'error-message' },
              words('Write a full address, such as https://example.org, a mail address or a phone number.'),
            )
          : null,
        h('button', { type: 'submit', className: 'button' }, words('Set link')),
        ' ',
        h(
          'button',
          { type: 'button', className: 'button button-secondary', onClick: onClose },
          words('Cancel'),
        ),
      ),
    );
  }

  const types = draftail.registerPlugin(
    { type: 'PLACEHOLDER', source: PlaceholderSource, decorator: PlaceholderChip },
    'entityTypes',
  );
  draftail.registerPlugin({ ...types.LINK, source: LinkSource }, 'entityTypes');
})();
