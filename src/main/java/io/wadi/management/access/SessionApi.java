package io.wadi.management.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.wadi.management.access.Sessions.Session;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code /api/session}: the current user, login and logout. For event loops. */
final class SessionApi {
    static final String PATH = "/api/session";

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int BAD = 400;
    private static final int NOT_ALLOWED = 405;
    private static final int TOO_LARGE = 413;
    private static final int LARGEST_LOGIN = 4096;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Supplier<Users> users;
    private final String cookie;
    private final Sessions sessions;
    private final Authentication authentication;
    private final AccessResponses responses;

    SessionApi(
            Supplier<Users> users,
            String cookie,
            Sessions sessions,
            Authentication authentication,
            AccessResponses responses) {
        this.users = users;
        this.cookie = cookie;
        this.sessions = sessions;
        this.authentication = authentication;
        this.responses = responses;
    }

    void answer(RoutingContext context) {
        switch (context.request().method().name()) {
            case "GET", "HEAD" ->
                authentication.identify(
                        context,
                        who -> tell(
                                context,
                                who,
                                authentication
                                        .session(context)
                                        .map(Session::csrf)
                                        .orElse("")));
            case "POST" -> logIn(context);
            case "DELETE" -> {
                authentication.session(context).ifPresent(session -> {
                    context.put(Authentication.WHO, session.name());
                    sessions.end(session.id());
                });
                context.response().addCookie(cookie(context, "").setMaxAge(0));
                context.response().setStatusCode(NO_CONTENT).end();
            }
            default ->
                responses.refuse(
                        context,
                        new AccessDenial(
                                NOT_ALLOWED, AccessDenial.Cause.INVALID, "this path takes GET, POST and DELETE"));
        }
    }

    private void logIn(RoutingContext context) {
        HttpServerRequest request = context.request();
        String length = Optional.ofNullable(request.getHeader("Content-Length")).orElse("");
        if (!length.matches("\\d{1,4}") || Integer.parseInt(length) > LARGEST_LOGIN) {
            responses.refuse(
                    context,
                    new AccessDenial(
                            TOO_LARGE,
                            AccessDenial.Cause.INVALID,
                            "a login has a Content-Length of at most " + LARGEST_LOGIN));
            return;
        }
        request.bodyHandler(body -> logIn(context, body));
    }

    private void logIn(RoutingContext context, Buffer body) {
        JsonNode login = parsed(body);
        String name = login.path("user").asText();
        String password = login.path("password").asText();
        if (name.isEmpty() || password.isEmpty()) {
            responses.refuse(
                    context,
                    new AccessDenial(BAD, AccessDenial.Cause.INVALID, "a login is {\"user\":…,\"password\":…}"));
            return;
        }
        authentication.verify(context, name, password, who -> {
            Session session = sessions.begin(name, users.get().hashOf(name));
            context.response().addCookie(cookie(context, session.id()));
            tell(context, who, session.csrf());
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
        RequestOrigin source = context.get(Authentication.SOURCE);
        return Cookie.cookie(cookie, value)
                .setPath("/")
                .setHttpOnly(true)
                .setSecure(source.isSecure())
                .setSameSite(CookieSameSite.STRICT);
    }

    private static void tell(RoutingContext context, Caller who, String csrf) {
        AccessResponses.write(
                context,
                OK,
                JSON.createObjectNode()
                        .put("user", who.name())
                        .put("role", who.role().word())
                        .put("csrf", csrf));
    }
}
