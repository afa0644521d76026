/** Client identity that all ports share: addresses behind trusted proxies, and signed tokens. */
package io.wadi.runtime.security;
