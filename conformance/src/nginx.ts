/** nginx, with nginx-rtmp-module or as a proxy of HTTP: one process in the foreground with a configuration of its own. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Child } from "./child.ts";
import { PeerServer } from "./peer-server.ts";
import { nginxRtmpModule, optionalTool } from "./tools.ts";

const maxRunMs = 60_000;

/** Whether and how nginx takes part. */
export const nginx = optionalTool("nginx");

/** The directives of each application, behind `live on`. */
export type NginxApplications = Readonly<Record<string, readonly string[]>>;

/**
 * Starts nginx; what it needs goes into a folder.
 *
 * @throws Error when it is not installed, or does not listen in time
 */
export function startNginx(folder: string, applications: NginxApplications): Promise<PeerServer> {
  return start(folder, (port) => rtmpDirectives(port, applications));
}

/**
 * Starts nginx as a proxy of HTTP that buffers requests and answers, as it does by default, and keeps its connections
 * to the server; what it needs goes into a folder.
 *
 * @param server  the URL of the server, of which host and port count
 * @throws Error when it is not installed, or does not listen in time
 */
export function startHttpProxy(folder: string, server: string): Promise<PeerServer> {
  return start(folder, (port) => proxyDirectives(folder, port, new URL(server).host));
}

function start(folder: string, directives: (port: number) => string): Promise<PeerServer> {
  const { path } = nginx;
  if (path === undefined) throw new Error("nginx with its RTMP module is not installed");

  return PeerServer.start(async (port) => {
    const file = join(folder, `nginx-${port}.conf`);
    await writeFile(file, configuration(folder, port, directives(port)));
    return new Child(path, ["-e", "stderr", "-p", folder, "-c", file], maxRunMs);
  });
}

function rtmpDirectives(port: number, applications: NginxApplications): string {
  const blocks = Object.entries(applications).map(
    ([name, directives]) =>
      `application ${name} { live on; ${directives.map((line) => `${line}; `).join("")}}`,
  );
  return `rtmp { access_log off; server { listen 127.0.0.1:${port}; ${blocks.join(" ")} } }`;
}

function proxyDirectives(folder: string, port: number, server: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${join(folder, kind)};`,
  );
  return `http {
    access_log off;
    ${temporary.join(" ")}
    upstream behind { server ${server}; keepalive 8; }
    server {
      listen 127.0.0.1:${port};
      location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; }
    }
  }`;
}

function configuration(folder: string, port: number, directives: string): string {
  return `
    daemon off;
    master_process off;
    load_module ${nginxRtmpModule};
    error_log stderr info;
    pid ${join(folder, `nginx-${port}.pid`)};
    events { }
    ${directives}
  `;
}
