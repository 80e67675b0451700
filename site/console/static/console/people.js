/* Ticking people in the list, and one more address in the form. Both work without. */
(() => {
    "use strict";

    const list = document.querySelector("[data-people]");
    if (list) {
        const boxes = [...list.querySelectorAll("td.pick input[type=checkbox]")];
        const page = list.querySelector("[data-pick-page]");
        const everybody = list.querySelector("[data-pick-everybody]");
        const bar = document.querySelector("[data-pick-bar]");
        const words = bar && bar.querySelector("[data-picked]");

        const show = () => {
            if (!bar) return;
            const picked = boxes.filter((box) => box.checked).length;
            const all = Boolean(everybody && everybody.checked);
            boxes.forEach((box) => { box.disabled = all; });
            page.disabled = all;
            page.checked = picked === boxes.length;
            page.indeterminate = picked > 0 && picked < boxes.length;
            const count = all ? everybody.dataset.count : String(picked);
            const none = !all && !picked;
            words.textContent = none ? words.dataset.none : `${words.dataset.some} ${count}`;
            bar.querySelectorAll("button").forEach((button) => { button.disabled = none; });
        };

        list.addEventListener("change", (event) => {
            if (event.target === page) {
                boxes.forEach((box) => { box.checked = page.checked; });
            }
            show();
        });
        // The browser may have kept the ticks of an earlier visit.
        window.addEventListener("pageshow", show);
        show();
    }

    const addresses = document.querySelector("[data-addresses]");
    if (addresses) {
        const more = addresses.querySelector("[data-more]");
        const total = addresses.querySelector("[name$=TOTAL_FORMS]");
        more.hidden = false;
        more.addEventListener("click", () => {
            const rows = addresses.querySelectorAll("[data-address]");
            const last = rows[rows.length - 1];
            const row = last.cloneNode(true);
            const number = Number(total.value);
            row.querySelectorAll("*").forEach((node) => {
                for (const name of ["id", "name", "for", "aria-describedby"]) {
                    const value = node.getAttribute(name);
                    if (value) node.setAttribute(name, value.replace(/addresses-\d+/g, `addresses-${number}`));
                }
                if (node.matches("[data-field-errors]")) node.replaceChildren();
                node.classList.remove("w-field--error");
                if (node.matches("input[type=text]")) { node.value = ""; node.removeAttribute("value"); }
                if (node.matches("input[type=checkbox]")) node.checked = false;
            });
            last.after(row);
            total.value = String(number + 1);
            row.querySelector("select").focus();
        });
    }
})();
