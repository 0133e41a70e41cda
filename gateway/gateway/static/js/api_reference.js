/* The API reference: Swagger UI over this site's own OpenAPI document. */
(function () {
  "use strict";
  var place = document.getElementById("reference");
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.document,
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    defaultModelExpandDepth: 2,
    filter: true,
    validatorUrl: null,
    onComplete: function () {
      var open = place.querySelector(".opblock.is-open");
      if (open) { open.scrollIntoView(); }
    },
    requestInterceptor: function (request) {
      request.headers["Accept-Language"] = document.documentElement.lang;
      return request;
    }
  });
}());
