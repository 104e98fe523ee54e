package org.example.hello;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Greets, and answers itself over HTTP when it is told to. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    if (!args[0].equals("--serve")) {
      System.out.println("hello " + args[0] + ", version " + version());
      return;
    }
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 8080), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestURI().getPath().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:8080/echo")).build();
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    System.out.println(response.statusCode() + " " + response.body());
    server.stop(0);
  }

  private static String version() {
    return Main.class.getPackage().getImplementationVersion();
  }
}
