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
