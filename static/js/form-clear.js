// 重置 empties a form, also of what the server filled in after a refusal: <form data-clears>.
for (const form of document.querySelectorAll("form[data-clears]")) {
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    const typed = [...form.elements].filter((input) => input.matches("input:not([type=hidden]), textarea"));
    for (const input of typed) {
      input.value = "";
      input.classList.remove("is-invalid");
    }
    for (const refusal of form.querySelectorAll(".field-error, .notice-danger")) refusal.remove();
    typed[0]?.focus();
  });
}
