/* <copy-words data-copy="…" data-copied="…" data-print="…"> around a text or a list: buttons under it that copy it, a
   list item a line, and that print the page. No button where there is no clipboard, and none to print without its word. */

class CopyWords extends HTMLElement {
  connectedCallback() {
    const { copy, copied, print: paper } = this.dataset;
    const text = linesOf(this);
    const buttons = document.createElement('p');
    buttons.className = 'choices';
    buttons.role = 'status';
    if (navigator.clipboard && copy) {
      const button = add(buttons, copy, async () => {
        await navigator.clipboard.writeText(text);
        button.textContent = copied;
      });
    }
    if (paper) add(buttons, paper, () => print());
    this.append(buttons);
  }
}

export function linesOf(element) {
  const items = [...element.querySelectorAll('li')];
  return (items.length > 0 ? items : [element]).map((item) => item.textContent.trim()).join('\n');
}

function add(buttons, textContent, act) {
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'link', textContent });
  button.addEventListener('click', act);
  buttons.append(button);
  return button;
}

customElements.define('copy-words', CopyWords);
