/* Beside each of our fields: what stands in the column that is chosen for it. */
(() => {
  document.querySelectorAll('[data-samples-in]').forEach((select) => {
    const place = document.getElementById(select.dataset.samplesIn);
    select.addEventListener('change', () => {
      place.textContent = select.selectedOptions[0]?.dataset.samples || '';
    });
  });
  document.querySelector('[data-focus]')?.focus();
})();
