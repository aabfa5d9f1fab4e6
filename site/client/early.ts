/** In the head, before anything is drawn: the colours that the reader chose last time. */
try {
  const chosen = localStorage.getItem('unroll-scheme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
} catch {
  // Storage may be forbidden: then the system's choice holds.
}
