// What stands for the rows that are not drawn: one line as high as all of them, above and below.
export class Spacer {
  constructor(columns) {
    this.line = document.createElement("tr");
    this.line.className = "spacer";
    this.line.setAttribute("aria-hidden", "true");
    this.cell = this.line.appendChild(document.createElement("td"));
    this.span(columns);
  }

  span(columns) {
    this.cell.colSpan = columns;
  }

  set height(pixels) {
    this.cell.style.height = `${pixels}px`;
  }
}

// Of one row, in pixels, as demand.css says.
export const rowHeight = (body) => parseFloat(getComputedStyle(body).getPropertyValue("--grid-row")) *
  parseFloat(getComputedStyle(document.documentElement).fontSize);
