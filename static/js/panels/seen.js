/** View floor. Whether somebody can see an element: not folded away, not behind another tab. */

/**
 * Call `tell(true)` when an element comes into view and `tell(false)` when it leaves it.
 * @param {{hidden?: boolean}} more `hidden`: a page that is hidden counts as out of view
 */
export function whenSeen(element, tell, { hidden = false } = {}) {
  let [inView, told] = [false, false];
  const look = () => {
    const seen = inView && !(hidden && document.hidden);
    if (seen === told) return;
    told = seen;
    tell(seen);
  };
  new IntersectionObserver((entries) => { inView = entries.at(-1).isIntersecting; look(); }).observe(element);
  if (hidden) document.addEventListener("visibilitychange", look);
}
