//! Where a kernel listens, and the file that tells it so.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    net::TcpListener,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, chown},
    path::PathBuf,
};

use nix::unistd::Uid;
use rustix::rand::{GetRandomFlags, getrandom};
use sandspan_protocol::agent::Transport;
use serde_json::json;

use super::{
    wire::{Key, hexadecimal},
    zmtp::Address,
};
use crate::users::User;

/// Where directories of kernels are made: in memory, and never in the way of anybody.
const PARENT: &str = "/dev/shm";

/// The sockets of a kernel, in the order of their numbers.
const SOCKETS: [&str; 5] = ["shell", "iopub", "control", "stdin", "hb"];

/// The place of a kernel. It is gone when it is dropped.
pub(super) struct Place {
    directory: PathBuf,
    transport: Transport,
    ports: [u16; SOCKETS.len()],
    pub(super) key: Key,
}

impl Place {
    /// Makes a place that the user alone can enter.
    pub(super) fn make(transport: Transport, user: &User) -> io::Result<Self> {
        let directory = PathBuf::from(format!("{PARENT}/.kernel-{}", random()));
        DirBuilder::new().mode(0o700).create(&directory)?;
        let mut place = Self {
            directory,
            transport,
            ports: [1, 2, 3, 4, 5],
            // Who can enter the directory may do all that the kernel can.
            key: Key(String::new()),
        };
        if transport == Transport::Tcp {
            place.ports = free_ports()?;
            place.key = Key(random());
        }
        place.write(user)?;
        Ok(place)
    }

    fn write(&self, user: &User) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.file())?;
        let (transport, ip) = match self.transport {
            Transport::Ipc => ("ipc", format!("{}/socket", self.directory.display())),
            Transport::Tcp => ("tcp", "127.0.0.1".to_owned()),
        };
        let mut document = json!({
            "transport": transport,
            "ip": ip,
            "key": self.key.0,
            "signature_scheme": "hmac-sha256",
            "kernel_name": "",
        });
        for (name, port) in SOCKETS.iter().zip(self.ports) {
            document[format!("{name}_port")] = json!(port);
        }
        file.write_all(document.to_string().as_bytes())?;
        // Where the sandbox has one id only, all users are that one.
        if user.uid != Uid::current() {
            let owner = (Some(user.uid.as_raw()), Some(user.gid.as_raw()));
            for path in [self.file(), self.directory.clone()] {
                chown(path, owner.0, owner.1)?;
            }
        }
        Ok(())
    }

    /// The file that tells the kernel where to listen.
    pub(super) fn file(&self) -> PathBuf {
        self.directory.join("connection.json")
    }

    /// Where requests are sent to.
    pub(super) fn shell(&self) -> Address {
        self.address(0)
    }

    /// Where all that happens is published.
    pub(super) fn iopub(&self) -> Address {
        self.address(1)
    }

    /// Where requests are sent to that do not wait for others.
    pub(super) fn control(&self) -> Address {
        self.address(2)
    }

    fn address(&self, socket: usize) -> Address {
        let port = self.ports[socket];
        match self.transport {
            Transport::Ipc => {
                let path = self.directory.join(format!("socket-{port}"));
                Address::Path(path.into_boxed_path())
            }
            Transport::Tcp => Address::Port(port),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A user who has put it out of reach keeps it.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// A text that nobody can guess.
pub(super) fn random() -> String {
    let mut bytes = [0; 16];
    let mut filled = 0;
    while filled < bytes.len() {
        filled += getrandom(&mut bytes[filled..], GetRandomFlags::empty()).unwrap_or_default();
    }
    hexadecimal(&bytes)
}

/// Ports that are free now; all are held until the last is found, so that they differ.
fn free_ports() -> io::Result<[u16; SOCKETS.len()]> {
    let mut ports = [0; SOCKETS.len()];
    let mut held = Vec::new();
    for port in &mut ports {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}
