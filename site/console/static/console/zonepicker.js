/*
 * The zone picker: a zone that is ticked includes all below it, and says so there;
 * in a long list the letters that one types are enough to find one.
 */
(() => {
  const below = (path, other) => other !== path && other.startsWith(path);

  const watch = (root) => {
    const zones = [...root.querySelectorAll('[data-path]')].map((row) => ({
      row,
      path: row.dataset.path,
      name: row.dataset.name,
      box: row.querySelector('input'),
      within: row.querySelector('.zone-within'),
    }));

    const include = () => {
      const ticked = zones.filter((zone) => zone.box.checked).map((zone) => zone.path);
      zones.forEach((zone) => {
        const covered = ticked.some((path) => below(path, zone.path));
        zone.within.hidden = !covered;
        zone.row.toggleAttribute('data-covered', covered);
      });
    };

    const find = (letters) => {
      const sought = letters.trim().toLowerCase();
      const hits = zones.filter((zone) => zone.name.includes(sought));
      zones.forEach((zone) => {
        const shown = zone.box.checked || hits.some((hit) => hit.path.startsWith(zone.path));
        zone.row.hidden = Boolean(sought) && !shown;
      });
    };

    const clear = () => {
      zones.forEach((zone) => { zone.box.checked = false; });
      include();
    };

    const one = root.closest('.also-one');
    const whole = one?.querySelector('[name="also"]');
    const all = one ? null : root.closest('form')?.querySelector('.where-all input');
    all?.addEventListener('change', () => {
      if (all.checked) clear();
    });
    whole?.addEventListener('change', () => {
      if (!whole.checked) clear();
    });
    root.addEventListener('change', (event) => {
      if (event.target.matches('[data-path] input:checked')) {
        if (all) all.checked = false;
        if (whole) whole.checked = true;
      }
      include();
    });
    root.querySelector('[data-zone-find]')?.addEventListener('input', (event) => {
      event.stopPropagation();
      find(event.target.value);
    });
    include();
  };

  const start = () => document.querySelectorAll('[data-zone-picker]').forEach(watch);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
