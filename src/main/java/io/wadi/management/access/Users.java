package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.runtime.config.YamlFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Those who may log in, as a users' file names them. Never changes. */
public final class Users {
    /** Nobody. */
    public static final Users NONE = new Users(Map.of());

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");

    private final Map<String, User> users;

    private record User(Caller person, String hash) {}

    private Users(Map<String, User> users) {
        this.users = Map.copyOf(users);
    }

    /**
     * Reads a users' file.
     *
     * @throws IllegalArgumentException with all its mistakes, each with its line
     */
    public static Users parse(byte[] yaml) {
        List<String> mistakes = new ArrayList<>();
        Map<String, User> users = new HashMap<>();
        YamlFields.of("users.yaml", new String(yaml, UTF_8), mistakes).ifPresent(root -> {
            List<YamlFields> entries = root.mappings("users", "name");
            entries.forEach(fields -> read(fields, users));
            root.end();
            if (entries.isEmpty() && mistakes.isEmpty()) {
                root.refuse("users", "has nobody who may log in");
            }
        });
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), mistakes));
        }
        return new Users(users);
    }

    private static void read(YamlFields fields, Map<String, User> users) {
        Optional<String> name = fields.required("name", "1 to 64 of A-Z a-z 0-9 . _ @ -", text -> {
            check(NAME.matcher(text).matches());
            return text;
        });
        Optional<Role> role = fields.required("role", "view and operate", Role::of);
        // What is found is not said: somebody may have put the password there.
        Optional<String> hash = fields.required("bcrypt", "a hash that ./wadi users hash has made", text -> text);
        if (hash.isPresent() && !PasswordHash.isOne(hash.get())) {
            fields.refuse("bcrypt", "is no bcrypt hash of cost 10 to 16; ./wadi users hash makes one");
        }
        fields.end();
        if (name.isPresent() && role.isPresent() && hash.isPresent()) {
            User user = new User(new Caller(name.get(), role.get()), hash.get());
            if (users.putIfAbsent(name.get(), user) != null) {
                fields.refuse("stands there twice");
            }
        }
    }

    private static void check(boolean isAllowed) {
        if (!isAllowed) {
            throw new IllegalArgumentException();
        }
    }

    /** Who has this name and password. Takes some tenths of a second, for those too who are not there. */
    Optional<Caller> verify(String name, byte[] password) {
        User user = users.get(name);
        boolean matches = PasswordHash.matches(user == null ? PasswordHash.OF_NOBODY : user.hash(), password);
        return user != null && matches ? Optional.of(user.person()) : Optional.empty();
    }

    /** The same, with the hash that they had when they logged in: nothing once they have another password, or are gone. */
    Optional<Caller> stillThere(String name, String hash) {
        return Optional.ofNullable(users.get(name))
                .filter(user -> user.hash().equals(hash))
                .map(User::person);
    }

    /** The hash of somebody's password; empty where they are not there. */
    String hashOf(String name) {
        return Optional.ofNullable(users.get(name)).map(User::hash).orElse("");
    }
}
