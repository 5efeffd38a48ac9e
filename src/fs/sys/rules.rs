//! Windows' access rules for a file or directory: its owner and its access list, and whether they keep other users from
//! changing it.
//!
//! The system returns them as a security descriptor, whose bytes have a documented format
//! (<https://learn.microsoft.com/openspecs/windows_protocols/ms-dtyp/7d4dac05-9cef-4563-a058-f108abecce1d>). They are
//! read here as data, so the tests run on every system.

use super::Protection;

/// The owner of a file or directory, and what its access list grants.
#[derive(Debug, PartialEq, Eq)]
pub struct Rules {
    /// The owner's identifier (SID), such as `S-1-5-18`.
    pub owner: String,
    /// What the list grants, to files in the directory too. `None` if there is no list: everyone may do everything.
    pub grants: Option<Vec<Grant>>,
}

/// The rights that one account has, be it a user or a group.
#[derive(Debug, PartialEq, Eq)]
pub struct Grant {
    /// The account's identifier (SID).
    pub account: String,
    /// The rights: Windows' access mask.
    pub rights: u32,
}

/// SYSTEM, Administrators and TrustedInstaller. Like root, they can change every file and every interpreter anyway.
const ADMINISTRATORS: [&str; 3] =
    ["S-1-5-18", "S-1-5-32-544", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"];
/// CREATOR OWNER and OWNER RIGHTS: whoever creates or owns the file.
const OWNERS: [&str; 2] = ["S-1-3-0", "S-1-3-4"];
/// The beginnings of the identifiers of apps and their capabilities. They let no other user in: an app needs both
/// its own right and its user's. Directories of apps from the Store have such grants.
const APPS: [&str; 2] = ["S-1-15-2-", "S-1-15-3-"];
/// The bit of a security descriptor's `control` that says that it has an access list.
const DACL_PRESENT: u16 = 4;
/// Everyone.
const EVERYONE: &str = "S-1-1-0";
/// The rights that change nothing: `FILE_READ_DATA`, `FILE_READ_EA`, `FILE_EXECUTE`, `FILE_READ_ATTRIBUTES`,
/// `READ_CONTROL`, `SYNCHRONIZE`, `GENERIC_EXECUTE` and `GENERIC_READ`.
const READING: u32 = 0x1 | 0x8 | 0x20 | 0x80 | 0x2_0000 | 0x10_0000 | 0x2000_0000 | 0x8000_0000;

impl Rules {
    /// Reads a security descriptor. `None` if the bytes are none, or have an entry of an unknown kind.
    pub fn read(descriptor: &[u8]) -> Option<Self> {
        let control = u16_at(descriptor, 2)?;
        let owner = descriptor.get(u32_at(descriptor, 4)? as usize..)?;
        let grants = match u32_at(descriptor, 16)? as usize {
            list if list != 0 && control & DACL_PRESENT != 0 => Some(read_list(descriptor.get(list..)?)?),
            _ => None,
        };
        Some(Self { owner: identifier(owner)?, grants })
    }

    /// Reports whether other users than `user`, who is given by identifier, may change the file or directory.
    pub fn protection(&self, user: &str) -> Protection {
        let is_trusted = |account: &str| account == user || ADMINISTRATORS.contains(&account);
        if !is_trusted(&self.owner) {
            return Protection::Anothers;
        }
        let is_harmless = |grant: &Grant| {
            let account = grant.account.as_str();
            grant.rights & !READING == 0
                || is_trusted(account)
                || OWNERS.contains(&account)
                || APPS.iter().any(|start| account.starts_with(start))
        };
        match &self.grants {
            None => Protection::OpenTo(EVERYONE.to_owned()),
            Some(grants) => match grants.iter().find(|grant| !is_harmless(grant)) {
                Some(grant) => Protection::OpenTo(grant.account.clone()),
                None => Protection::Private,
            },
        }
    }
}

/// Reads an access list. Entries that deny something are left out: that others lack a right is never needed to trust
/// a directory.
fn read_list(list: &[u8]) -> Option<Vec<Grant>> {
    let mut entries = list.get(8..)?;
    let mut grants = Vec::new();
    for _ in 0..u16_at(list, 4)? {
        let (entry, rest) = entries.split_at_checked(u16_at(entries, 2)?.into())?;
        entries = rest;
        // For a kind of object alone, or under a condition: a grant nevertheless.
        let account = match entry.first()? {
            0 | 9 => 8,
            5 | 11 => 12 + 16 * (u32_at(entry, 8)? & 3).count_ones() as usize,
            1 | 6 | 10 | 12 => continue,
            _ => return None,
        };
        grants.push(Grant { account: identifier(entry.get(account..)?)?, rights: u32_at(entry, 4)? });
    }
    Some(grants)
}

/// The text of an account's identifier, which the bytes start with.
pub fn identifier(bytes: &[u8]) -> Option<String> {
    let [revision, parts, authority @ ..] = bytes.first_chunk::<8>()?;
    let authority = authority.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let mut text = format!("S-{revision}-{authority}");
    for part in 0..usize::from(*parts) {
        text += &format!("-{}", u32_at(bytes, 8 + 4 * part)?);
    }
    Some(text)
}

/// A security descriptor by which only `user` and those who can change everything anyway may enter a directory and what
/// is created in it. It takes nothing from the directory above.
pub fn of_one_user(user: &str) -> Option<Vec<u8>> {
    const ALL: u32 = 0x1F_01FF;
    let [system, administrators, _] = ADMINISTRATORS;
    let entries = [user, system, administrators].map(|account| entry(0, TO_ALL_BELOW, ALL, &[], account));
    write(None, Some(&entries.into_iter().collect::<Option<Vec<_>>>()?))
}

/// The flags of an entry for a directory that files and directories in it inherit.
const TO_ALL_BELOW: u8 = 3;

/// Writes a security descriptor with this owner, if any, and these entries, or with no list. It inherits nothing.
fn write(owner: Option<&str>, entries: Option<&[Vec<u8>]>) -> Option<Vec<u8>> {
    const HEADER: usize = 20;
    const SELF_RELATIVE: u16 = 0x8000;
    const DACL_PROTECTED: u16 = 0x1000;
    let owner = owner.map_or(Some(Vec::new()), bytes_of)?;
    let list = entries.map_or(Vec::new(), |entries| {
        let content = entries.concat();
        let header = [2, content.len() as u16 + 8, entries.len() as u16, 0];
        [header.map(u16::to_le_bytes).concat(), content].concat()
    });
    let at = |part: &[u8], offset: usize| if part.is_empty() { 0 } else { offset as u32 };
    let offsets = [at(&owner, HEADER), 0, 0, at(&list, HEADER + owner.len())].map(u32::to_le_bytes);
    let control = (SELF_RELATIVE | DACL_PROTECTED | DACL_PRESENT).to_le_bytes();
    Some([&[1, 0], &control[..], &*offsets.concat(), &owner, &list].concat())
}

/// Writes one entry of an access list: its kind, its flags, the rights, what may stand between, and the account.
fn entry(kind: u8, flags: u8, rights: u32, between: &[u8], account: &str) -> Option<Vec<u8>> {
    let account = bytes_of(account)?;
    let rest = [&rights.to_le_bytes(), between, &account].concat();
    Some([&[kind, flags], &(rest.len() as u16 + 4).to_le_bytes()[..], &rest].concat())
}

/// The bytes of an identifier, the opposite of [`identifier`].
fn bytes_of(identifier: &str) -> Option<Vec<u8>> {
    let numbers = identifier.strip_prefix("S-")?.split('-').map(|number| number.parse().ok());
    let numbers: Vec<u64> = numbers.collect::<Option<_>>()?;
    let [revision, authority, parts @ ..] = &numbers[..] else { return None };
    let mut bytes = vec![*revision as u8, parts.len() as u8];
    bytes.extend(&authority.to_be_bytes()[2..]);
    parts.iter().for_each(|part| bytes.extend((*part as u32).to_le_bytes()));
    Some(bytes)
}

fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes.get(offset..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
pub mod tests {
    use super::*;

    const USER: &str = "S-1-5-21-1-2-3-1001";
    const OTHER: &str = "S-1-5-21-1-2-3-1002";
    const SYSTEM: &str = "S-1-5-18";
    const ALL: u32 = 0x1F_01FF;
    const READ_AND_EXECUTE: u32 = 0x12_00A9;

    /// A descriptor that grants each of these accounts these rights, in the directory and below.
    pub fn granting(owner: &str, grants: &[(&str, u32)]) -> Vec<u8> {
        let entries: Vec<_> =
            grants.iter().map(|(account, rights)| entry(0, TO_ALL_BELOW, *rights, &[], account)).collect();
        descriptor(owner, Some(&entries))
    }

    fn entry(kind: u8, flags: u8, rights: u32, between: &[u8], account: &str) -> Vec<u8> {
        super::entry(kind, flags, rights, between, account).unwrap()
    }

    fn descriptor(owner: &str, entries: Option<&[Vec<u8>]>) -> Vec<u8> {
        super::write(Some(owner), entries).unwrap()
    }

    fn judged(descriptor: &[u8]) -> Protection {
        Rules::read(descriptor).unwrap().protection(USER)
    }

    #[test]
    fn a_users_profile_and_an_apps_directory_are_private() {
        const APP: &str = "S-1-15-2-3049103040-1";
        for owner in [USER, SYSTEM, "S-1-5-32-544", ADMINISTRATORS[2]] {
            let grants = [(SYSTEM, ALL), ("S-1-5-32-544", ALL), (USER, ALL), ("S-1-3-0", ALL), (APP, ALL)];
            assert_eq!(judged(&granting(owner, &grants)), Protection::Private);
        }
        assert_eq!(judged(&granting(USER, &[])), Protection::Private);
    }

    #[test]
    fn a_directory_of_one_user_is_private() {
        let mut descriptor = of_one_user(USER).unwrap();
        // The system adds the owner.
        let end = descriptor.len() as u32;
        descriptor[4..8].copy_from_slice(&end.to_le_bytes());
        descriptor.extend(bytes_of(USER).unwrap());
        let rules = Rules::read(&descriptor).unwrap();
        assert_eq!((rules.protection(USER), rules.grants.unwrap().len()), (Protection::Private, 3));
        assert_eq!(of_one_user("nobody"), None);
    }

    #[test]
    fn what_belongs_to_another_user_or_has_no_list_is_not_private() {
        assert_eq!(judged(&granting(OTHER, &[(USER, ALL)])), Protection::Anothers);
        assert_eq!(judged(&descriptor(USER, None)), Protection::OpenTo(EVERYONE.into()));
    }

    #[test]
    fn others_may_have_no_right_but_to_read() {
        const USERS: &str = "S-1-5-32-545";
        const GENERIC_READ_AND_EXECUTE: u32 = 0xA000_0000;
        for rights in [READ_AND_EXECUTE, GENERIC_READ_AND_EXECUTE] {
            assert_eq!(judged(&granting(USER, &[(USER, ALL), (USERS, rights)])), Protection::Private);
        }
        // To write, append, write attributes (which is enough to make a junction), delete children, delete, change
        // the list or the owner; and the generic rights that contain them.
        for bit in [1, 2, 4, 6, 8, 16, 18, 19, 28, 30] {
            let rights = READ_AND_EXECUTE | 1 << bit;
            let granted = granting(USER, &[(USER, ALL), (USERS, rights)]);
            assert_eq!(judged(&granted), Protection::OpenTo(USERS.into()), "{rights:x}");
        }
    }

    #[test]
    fn a_grant_counts_whatever_its_kind_and_a_denial_makes_up_for_none() {
        const ONE_KIND_OF_OBJECT: [u8; 20] = [1, 0, 0, 0, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7];
        const FOR_CHILDREN_ALONE: u8 = 0xB;
        let denied = entry(1, 3, ALL, &[], OTHER);
        for granted in [
            entry(0, FOR_CHILDREN_ALONE, ALL, &[], OTHER),
            entry(5, 3, ALL, &ONE_KIND_OF_OBJECT, OTHER),
            entry(9, 3, ALL, &[], OTHER),
            entry(11, 3, ALL, &[0; 4], OTHER),
        ] {
            let both = descriptor(USER, Some(&[denied.clone(), granted]));
            assert_eq!(judged(&both), Protection::OpenTo(OTHER.into()));
        }
        assert_eq!(judged(&descriptor(USER, Some(&[denied]))), Protection::Private);
    }

    #[test]
    fn what_cannot_be_understood_is_not_judged() {
        assert_eq!(Rules::read(&descriptor(USER, Some(&[entry(4, 0, ALL, &[0; 4], OTHER)]))), None);
        let whole = granting(USER, &[(USER, ALL), (OTHER, ALL)]);
        for length in 0..whole.len() {
            assert_eq!(Rules::read(&whole[..length]), None, "{length}");
        }
    }
}
