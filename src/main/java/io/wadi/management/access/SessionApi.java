package io.wadi.management.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.wadi.management.access.AccessDenial.Cause;
import io.wadi.management.access.Sessions.Session;
import io.wadi.runtime.QueryParameters;
import java.io.IOException;
import java.util.List;

/** The path {@code /api/session}: the current user, login and logout. Its methods are called on event loops. */
record SessionApi(String cookie, Sessions sessions, Authentication authentication, AccessResponses responses) {
    static final String PATH = "/api/session";

    /** Maximum size of a name and password as they are sent: verifications that wait hold both. */
    static final int MAX_LOGIN_BYTES = 4096;

    private static final ObjectMapper JSON = new ObjectMapper();

    void answer(RoutingContext context) {
        switch (context.request().method().name()) {
            case "GET", "HEAD" -> authentication.identify(context, caller -> respond(context, caller));
            case "POST" -> logIn(context);
            case "DELETE" -> {
                authentication.session(context).ifPresent(session -> {
                    Authentication.authenticated(context, session.name());
                    sessions.remove(session);
                });
                context.response().addCookie(cookie(context, "").setMaxAge(0));
                context.response().setStatusCode(204).end();
            }
            default -> {
                context.response().putHeader("Allow", "GET, HEAD, POST, DELETE");
                responses.reject(context, 405, Cause.INVALID, "method not allowed: expected GET, POST or DELETE");
            }
        }
    }

    private void respond(RoutingContext context, Caller caller) {
        try {
            QueryParameters.requireKnown(context.request().query(), List.of());
        } catch (IllegalArgumentException e) {
            responses.reject(context, 400, Cause.INVALID, e.getMessage());
            return;
        }
        respond(
                context,
                caller,
                authentication.session(context).map(Session::csrf).orElse(""));
    }

    private void logIn(RoutingContext context) {
        HttpServerRequest request = context.request();
        String length = request.getHeader("Content-Length");
        if (length == null) {
            responses.reject(context, 411, Cause.INVALID, "no Content-Length: send the body without a transfer coding");
            return;
        }
        if (!length.matches("\\d{1,4}") || Integer.parseInt(length) > MAX_LOGIN_BYTES) {
            responses.reject(
                    context,
                    413,
                    Cause.INVALID,
                    "invalid Content-Length: expected at most " + MAX_LOGIN_BYTES + " bytes");
            return;
        }
        request.bodyHandler(body -> logIn(context, body));
    }

    private void logIn(RoutingContext context, Buffer body) {
        JsonNode login = parsed(body);
        String name = login.path("user").asText();
        String password = login.path("password").asText();
        if (name.isEmpty() || password.isEmpty()) {
            responses.reject(context, 400, Cause.INVALID, "invalid login: expected {\"user\":…,\"password\":…}");
            return;
        }
        authentication.verify(context, name, password, verified -> {
            Authentication.authenticated(context, name);
            Session session = sessions.create(name, verified.hash());
            context.response().addCookie(cookie(context, session.id()));
            respond(context, verified.caller(), session.csrf());
        });
    }

    private static JsonNode parsed(Buffer body) {
        try {
            return JSON.readTree(body.getBytes());
        } catch (IOException e) {
            return JSON.createObjectNode();
        }
    }

    private Cookie cookie(RoutingContext context, String value) {
        RequestOrigin origin = context.get(Authentication.ORIGIN);
        return Cookie.cookie(cookie, value)
                .setPath("/")
                .setHttpOnly(true)
                .setSecure(origin.isSecure())
                .setSameSite(CookieSameSite.STRICT);
    }

    private static void respond(RoutingContext context, Caller caller, String csrf) {
        AccessResponses.write(
                context,
                200,
                JSON.createObjectNode()
                        .put("user", caller.name())
                        .put("role", caller.role().word())
                        .put("csrf", csrf));
    }
}
