// A list drawn for the printer goes there by itself; closing the dialog leaves it to be looked at.
document.body.classList.add("printed");
if (document.readyState === "complete") window.print();
else window.addEventListener("load", () => window.print());
