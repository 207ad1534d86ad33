// A list drawn for the printer goes there by itself; closing the dialog leaves it to be looked at.
if (document.readyState === "complete") window.print();
else window.addEventListener("load", () => window.print());
