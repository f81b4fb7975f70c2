/** The role of everybody. */
export const anyRole = '*';

const forbiddenCharacters = /[\t\n\v\f\r \x7f]/;

/**
 * Checks a role name: `*`, or components joined by single slashes.
 *
 * @returns what is wrong (upstream's text), or undefined.
 */
export function roleError(role: string): string | undefined {
  if (role === anyRole) return undefined;
  if (role.startsWith('/')) return `Role '${role}' cannot start with a slash`;
  if (role.endsWith('/')) return `Role '${role}' cannot end with a slash`;
  if (role.includes('//')) return `Role '${role}' cannot contain two adjacent slashes`;
  if (role === '') return 'Role names cannot be the empty string';
  for (const component of role.split('/')) {
    const error = componentError(role, component);
    if (error !== undefined) return error;
  }
  return undefined;
}

function componentError(role: string, component: string): string | undefined {
  if (component === '.' || component === '..' || component === anyRole) {
    return `Role '${role}' cannot include '${component}' as a component`;
  }
  if (component.startsWith('-')) return `Role component '${component}' is invalid because it starts with a dash`;
  if (forbiddenCharacters.test(component)) {
    return `Role component '${component}' is invalid because it contains backspace or whitespace`;
  }
  return undefined;
}

/** Whether `role` is below `ancestor`: `eng/web` is below `eng`, nothing is below itself. */
export function isStrictSubrole(role: string, ancestor: string): boolean {
  return role.length > ancestor.length && role.charAt(ancestor.length) === '/' && role.startsWith(ancestor);
}

/** The roles above, nearest first: `a/b/c` gives `a/b`, `a`. */
export function ancestorRoles(role: string): readonly string[] {
  const result: string[] = [];
  for (let at = role.lastIndexOf('/'); at > 0; at = role.lastIndexOf('/', at - 1)) result.push(role.slice(0, at));
  return result;
}
