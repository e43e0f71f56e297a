// Runs before the first paint, so that a chosen colour scheme does not flash. src/state/theme.ts writes the choice.
(function () {
    try {
        var choice = localStorage.getItem("revos-theme");
        if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
    } catch (e) {
        // Storage may be forbidden; the system's scheme then stands.
    }
})();
