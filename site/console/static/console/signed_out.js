// Signing in in the other tab made a new token: the form is sent with that one.
document.addEventListener("submit", (event) => {
    const form = event.target;
    const name = form.dataset.freshToken;
    const cookie = document.cookie.split("; ").find((each) => each.startsWith(`${name}=`));
    if (name && cookie) {
        form.elements.csrfmiddlewaretoken.value = cookie.slice(name.length + 1);
    }
});
