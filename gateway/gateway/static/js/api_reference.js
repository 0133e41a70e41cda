/* The API reference: Swagger UI over this site's own OpenAPI document. */
(function () {
  "use strict";
  var place = document.getElementById("reference");
  /* A link inside of a button, as the viewer has it, is no place that a keyboard or a reader can tell apart. */
  function plainHeadings(system) {
    return {
      wrapComponents: {
        DeepLink: function () {
          return function (given) { return system.React.createElement("span", null, given.text); };
        }
      }
    };
  }
  /* The viewer's fields have no names of their own: a reader hears that of the parameter. */
  new MutationObserver(function () {
    place.querySelectorAll("tr[data-param-name] select:not([aria-label]), tr[data-param-name] input:not([aria-label])").forEach(function (field) {
      field.setAttribute("aria-label", field.closest("tr").dataset.paramName);
    });
  }).observe(place, { childList: true, subtree: true });
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.document,
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    defaultModelExpandDepth: 2,
    filter: true,
    validatorUrl: null,
    plugins: [plainHeadings],
    onComplete: function () {
      place.removeAttribute("aria-busy");
      var open = place.querySelector(".opblock.is-open");
      if (open) { open.scrollIntoView(); }
    },
    requestInterceptor: function (request) {
      request.headers["Accept-Language"] = document.documentElement.lang;
      return request;
    }
  });
}());
