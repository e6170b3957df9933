// Decides whether a request may go on. The token is a demo's; a real one is verified.
export const handler = async ({ token }) => {
  const allowed = token === 'Bearer letmein';
  console.log(allowed ? 'allowed' : 'denied');
  return allowed ? { denied: false, user: 'ada' } : { denied: true, status: 403, reason: 'no valid token' };
};
