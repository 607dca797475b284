// ECMAScript 5: this must run in old browsers, which cannot run the site's other scripts.
(function () {
  if (typeof WebAssembly === "object" && "noModule" in document.createElement("script")) return;
  addEventListener("DOMContentLoaded", function () {
    var notice = document.getElementById("notice");
    notice.className = "notice";
    notice.textContent =
      "This browser is too old to run Python. Chrome or Edge 119, Firefox 121, Safari 17.4 or newer can; the text can be read here.";
  });
})();
